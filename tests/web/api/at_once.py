"""Run as a program, against a real database: many ask the same thing at once under one key. Prints what came of it."""

from __future__ import annotations

import json
import threading
import time

MANY = 8


def main() -> None:
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from django.core.management import call_command
    from django.db import connection

    from cast import toy
    from eirene_web import clock
    from eirene_web.organisations.models import Post
    from web.calling import caller
    from web.world import IN_CYCLE, build

    call_command("migrate", verbosity=0)
    world = build(toy(), "2022", ("ALF",))
    before = Post.objects.count()
    answers: list[tuple[int, str]] = []
    with clock.at(IN_CYCLE):
        program = caller(world, "ALF.admin")

    def ask() -> None:
        post = {"title": {"en": "Desk"}, "roles": {"reader": []}}
        with clock.at(IN_CYCLE):
            for _ in range(100):
                answer = program("POST", "/bodies/ALF/posts", post, idempotency_key="one")
                if answer.status_code != 503:  # busy: a program asks again, which is what the key is for
                    break
                time.sleep(0.05)
        answers.append((answer.status_code, answer.content.decode()))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"answers": answers, "made": Post.objects.count() - before}))


if __name__ == "__main__":
    main()
