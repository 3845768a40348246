//! Requests that the server makes to other people's machines, at addresses that a client typed in: what is allowed is
//! decided here, once for all of them.
//!
//! A name is resolved once; every address that it has is judged, and the connection goes to an address that was judged,
//! so that a name which answers differently the next time leads nowhere else. No redirect is followed, no proxy of the
//! environment is used, and of an answer nothing but the status is read. This room knows no domain and no database.

mod address;
mod post;

pub use address::is_public;
pub use post::{PostFault, Posted};

use crate::op::{Ids, RandomIds};
use hmac::{Hmac, KeyInit, Mac, digest::Key};
use rustls::ClientConfig;
use sha2::{Digest, Sha256};
use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::{Host, Url};

/// What the operator allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundSettings {
    /// Whether private, loopback and other addresses of no public host may be sent to.
    pub allow_private: bool,
    /// Whether `http` will do, which anybody on the way can read.
    pub allow_plain: bool,
    /// How long one request may take, from the resolving of the name to the head of the answer.
    pub deadline: Duration,
    /// What signatures are derived from; without it, from the secret of the tokens.
    pub key: Option<Vec<u8>>,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        // A receiver that takes longer should put its work into a queue.
        Self { allow_private: false, allow_plain: false, deadline: Duration::from_secs(15), key: None }
    }
}

/// Why nothing is sent to a URL, whatever its host resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// It is no absolute URL of a host.
    Malformed,
    /// It is not `https`.
    Plain,
    /// It holds a name and a word to sign in with, which would be kept and shown.
    Credentials,
    /// Its host is an address, or a name, of no public host.
    Private,
}

/// The way out.
#[derive(Clone)]
pub struct Outbound {
    settings: OutboundSettings,
    key: Hmac<Sha256>,
    tls: Arc<OnceLock<Option<Arc<ClientConfig>>>>,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbound")
    }
}

impl Outbound {
    /// A way out with these settings. All replicas must be given the same secret.
    #[must_use]
    pub fn new(settings: OutboundSettings, secret: &[u8]) -> Self {
        let secret = settings.key.as_deref().unwrap_or(secret);
        let key = derived(&keyed(&Sha256::digest(secret).into()), b"partnergraph outbound", &[]);
        Self { settings, key: keyed(&key), tls: Arc::default() }
    }

    /// The way out of a command that serves nobody and sends nothing: with the usual settings and a key of its own.
    #[must_use]
    pub fn closed() -> Self {
        Self::new(OutboundSettings::default(), &RandomIds::default().secret())
    }

    /// 32 bytes that only this installation can work out, different for each purpose and salt.
    #[must_use]
    pub fn derive(&self, purpose: &str, salt: &[u8]) -> [u8; 32] {
        derived(&self.key, purpose.as_bytes(), salt)
    }

    /// Judges a URL that somebody typed in, as far as its text tells: where its host is a name, that is resolved only
    /// when something is sent.
    ///
    /// # Errors
    /// [`UrlFault`] says what is wrong.
    pub fn judge(&self, text: &str) -> Result<Url, UrlFault> {
        let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if self.settings.allow_plain => {}
            "http" => return Err(UrlFault::Plain),
            _ => return Err(UrlFault::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlFault::Credentials);
        }
        let allowed = match url.host() {
            None => return Err(UrlFault::Malformed),
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
            Some(Host::Domain(name)) => self.settings.allow_private || !is_local_name(name),
        };
        if allowed { Ok(url) } else { Err(UrlFault::Private) }
    }

    fn allows(&self, ip: IpAddr) -> bool {
        self.settings.allow_private || is_public(ip)
    }
}

/// Names that by their rules lead to the machine itself or its network.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.') || ["localhost", "local", "internal", "home", "lan", "arpa"].contains(&last)
}

/// A key as long as a hash, filled up to the block that HMAC works with as HMAC itself does it.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Key::<Hmac<Sha256>>::default();
    block[..key.len()].copy_from_slice(key);
    Hmac::new(&block)
}

/// The length of the purpose comes first, so that no end of one is the beginning of another's salt.
fn derived(key: &Hmac<Sha256>, purpose: &[u8], salt: &[u8]) -> [u8; 32] {
    let length = (purpose.len() as u64).to_be_bytes();
    key.clone().chain_update(length).chain_update(purpose).chain_update(salt).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(settings: OutboundSettings) -> Outbound {
        Outbound::new(settings, b"a secret that only these tests know")
    }

    #[test]
    fn urls_are_judged_by_their_text() {
        let strict = outbound(OutboundSettings::default());
        let fault = |text: &str| strict.judge(text).err();
        for good in ["https://hooks.partner.example/alerts?x=1", "https://8.8.8.8:8443/", "https://[2606:4700::1111]/"]
        {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("hooks.partner.example", UrlFault::Malformed),
            ("ftp://hooks.partner.example/", UrlFault::Malformed),
            ("https:///path", UrlFault::Private),
            ("http://hooks.partner.example/", UrlFault::Plain),
            ("https://me:word@hooks.partner.example/", UrlFault::Credentials),
            ("https://me@hooks.partner.example/", UrlFault::Credentials),
            ("https://localhost/", UrlFault::Private),
            ("https://LOCALHOST./", UrlFault::Private),
            ("https://api.localhost/", UrlFault::Private),
            ("https://redis/", UrlFault::Private),
            ("https://metadata.google.internal/", UrlFault::Private),
            ("https://127.0.0.1/", UrlFault::Private),
            // The same address in the spellings that a URL may have.
            ("https://2130706433/", UrlFault::Private),
            ("https://0x7f.1/", UrlFault::Private),
            ("https://0177.0.0.1/", UrlFault::Private),
            ("https://[::ffff:127.0.0.1]/", UrlFault::Private),
            ("https://169.254.169.254/latest/meta-data", UrlFault::Private),
        ] {
            assert_eq!(fault(bad), Some(why), "{bad}");
        }
    }

    #[test]
    fn the_operator_may_allow_more() {
        let open = outbound(OutboundSettings { allow_private: true, allow_plain: true, ..OutboundSettings::default() });
        for good in ["http://127.0.0.1:8080/", "http://localhost/", "https://10.0.0.7/"] {
            assert!(open.judge(good).is_ok(), "{good}");
        }
        assert_eq!(open.judge("http://me:word@10.0.0.7/").err(), Some(UrlFault::Credentials));
    }

    #[test]
    fn keys_differ_by_purpose_salt_and_secret_and_are_shown_to_nobody() {
        let one = outbound(OutboundSettings::default());
        let key = one.derive("webhook", b"salt");
        assert_eq!(key, outbound(OutboundSettings::default()).derive("webhook", b"salt"));
        assert_ne!(key, one.derive("webhook", b"salt2"));
        assert_ne!(key, one.derive("webhooks", b"alt"));
        let own = outbound(OutboundSettings { key: Some(b"another".to_vec()), ..OutboundSettings::default() });
        assert_ne!(key, own.derive("webhook", b"salt"));
        assert_eq!(format!("{one:?}"), "Outbound");
    }
}
