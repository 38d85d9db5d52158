"""Our shape of allauth's OIDC and SAML providers: of a person nothing is kept but subject and way of signing in."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

from eirene_web.accounts.sso import saml_installed


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The signature is always checked, also where the token came straight from the provider."""
        return dict(
            jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        )


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]
    package = "allauth.socialaccount.providers.openid_connect"
    oauth2_adapter_class = OidcAdapter

    def get_default_scope(self) -> list[str]:
        return list(self.app.settings.get("scope", ["openid"]))

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        token = data.get("id_token") or {}
        acr = token.get("acr")
        return {"amr": list(token.get("amr") or ()), "acr": [acr] if isinstance(acr, str) else []}


if saml_installed():
    from allauth.socialaccount.providers.saml.provider import SAMLProvider

    class EireneSamlProvider(SAMLProvider):  # type: ignore[misc]
        package = "allauth.socialaccount.providers.saml"

        def extract_common_fields(self, data: Any) -> dict[str, Any]:
            return {}

        def extract_email_addresses(self, data: Any) -> list[Any]:
            return []

        def extract_extra_data(self, data: Any) -> dict[str, Any]:
            return {"amr": [], "acr": list(data.get_last_authn_contexts())}
