"""An identity provider that signs what the test asks it to, with a key made for the test."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ENTITY, SSO = "https://idp.example.int", "https://idp.example.int/sso"
ACS, SP = "http://testserver/account/saml/staff/acs/", "http://testserver/account/saml/staff/metadata/"
PASSWORD_CLASS = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
MFA_CLASS = "https://refeds.org/profile/mfa"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"


@dataclass(frozen=True)
class Key:
    private: str
    certificate: str


def make_key() -> Key:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.int")])
    moment = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + dt.timedelta(days=2)).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )  # fmt: skip
    return Key(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


def request_id(location: str) -> str:
    """The number of the AuthnRequest that the browser is sent with."""
    sent = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    xml = zlib.decompress(base64.b64decode(sent), -15)
    return str(ElementTree.fromstring(xml).attrib["ID"])


def response(
    key: Key | None, in_response_to: str, *, subject: str = "4711", audience: str = SP, minutes: int = 5,
    destination: str = ACS, auth_class: str = PASSWORD_CLASS, issuer: str = ENTITY, number: str = "one",
) -> str:  # fmt: skip
    """A SAMLResponse as a browser posts it; `key` None: unsigned."""
    moment = dt.datetime.now(dt.UTC)
    now, until = (t.strftime("%Y-%m-%dT%H:%M:%SZ") for t in (moment, moment + dt.timedelta(minutes=minutes)))
    before = (moment - dt.timedelta(minutes=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assertion = (
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a{number}" Version="2.0" '
        f'IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>'
        f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{subject}</saml:NameID>'
        f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
        f'NotOnOrAfter="{until}" Recipient="{destination}" InResponseTo="{in_response_to}"/>'
        f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{before}" NotOnOrAfter="{until}">'
        f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
        f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s1"><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{auth_class}</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement></saml:Assertion>"
    )
    if key is not None:
        signed = OneLogin_Saml2_Utils.add_sign(assertion, key.private, key.certificate, False, SHA256, DIGEST)
        assertion = signed.decode() if isinstance(signed, bytes) else signed
    xml = (
        f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{number}" Version="2.0" IssueInstant="{now}" '
        f'Destination="{destination}" InResponseTo="{in_response_to}"><saml:Issuer>{issuer}</saml:Issuer>'
        f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f"{assertion}</samlp:Response>"
    )
    return base64.b64encode(xml.encode()).decode()
