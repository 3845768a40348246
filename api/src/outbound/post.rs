//! One POST: resolve, judge, connect, send, read the status.

use super::Outbound;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request,
    client::conn::http1,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// Bytes of the head of an answer at most; what is longer is no answer to us.
const HEAD_MAX: usize = 16 * 1024;
/// Addresses of one name that are tried, one after the other.
const ADDRESSES_MAX: usize = 4;

/// A request that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status, 100 to 999.
    pub status: u16,
}

/// Why there was no answer. It says nothing that lets the one who typed in the URL look around in our network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostFault {
    /// The host has no address, or none that may be sent to.
    AddressRefused,
    /// There was no connection, its certificate was not accepted, or it broke.
    Unreachable,
    /// There was no answer in time.
    Timeout,
}

impl Outbound {
    /// Sends `body` as JSON to a URL that [`Outbound::judge`] gave, and reads the status of the answer, nothing more.
    ///
    /// # Errors
    /// [`PostFault`].
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Posted, PostFault> {
        let posting = async {
            let addresses = self.resolve(url).await?;
            let stream = connect(&addresses).await?;
            if url.scheme() == "https" {
                let name = server_name(url).ok_or(PostFault::AddressRefused)?;
                let stream = TlsConnector::from(self.tls().ok_or(PostFault::Unreachable)?).connect(name, stream).await;
                exchange(stream.map_err(|_| PostFault::Unreachable)?, url, headers, body).await
            } else {
                exchange(stream, url, headers, body).await
            }
        };
        tokio::time::timeout(self.settings.deadline, posting).await.unwrap_or(Err(PostFault::Timeout))
    }

    /// The addresses of the URL's host, each of them allowed: one that is not makes the whole name suspect.
    async fn resolve(&self, url: &Url) -> Result<Vec<SocketAddr>, PostFault> {
        let port = url.port_or_known_default().ok_or(PostFault::AddressRefused)?;
        let addresses: Vec<SocketAddr> = match url.host().ok_or(PostFault::AddressRefused)? {
            Host::Ipv4(ip) => vec![(IpAddr::from(ip), port).into()],
            Host::Ipv6(ip) => vec![(IpAddr::from(ip), port).into()],
            Host::Domain(name) => {
                lookup_host((name, port)).await.map_err(|_| PostFault::AddressRefused)?.take(64).collect()
            }
        };
        if addresses.is_empty() || !addresses.iter().all(|address| self.allows(address.ip())) {
            return Err(PostFault::AddressRefused);
        }
        Ok(addresses)
    }

    fn tls(&self) -> Option<Arc<ClientConfig>> {
        self.tls.get_or_init(|| tls().map(Arc::new)).clone()
    }
}

/// The public authorities that are built in, and those of this machine: a company's own authority counts, and an image
/// without any has the public ones.
fn tls() -> Option<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Some(builder.ok()?.with_root_certificates(roots).with_no_client_auth())
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ServerName::from(IpAddr::from(ip))),
        Host::Ipv6(ip) => Some(ServerName::from(IpAddr::from(ip))),
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, PostFault> {
    for address in addresses.iter().take(ADDRESSES_MAX) {
        if let Ok(stream) = TcpStream::connect(address).await {
            return Ok(stream);
        }
    }
    Err(PostFault::Unreachable)
}

async fn exchange<S>(
    stream: S,
    url: &Url,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Result<Posted, PostFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = request(url, headers, body).ok_or(PostFault::Unreachable)?;
    let handshake = http1::Builder::new().max_buf_size(HEAD_MAX).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| PostFault::Unreachable)?;
    let answer = sender.send_request(request);
    tokio::pin!(answer, connection);
    // The connection is dropped with the answer's body unread: whoever sends much sends it to nobody. One that ends first
    // has handed the answer over before, or fails it.
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ = connection => answer.await,
    };
    answer.map(|answer| Posted { status: answer.status().as_u16() }).map_err(|_| PostFault::Unreachable)
}

fn request(url: &Url, headers: &[(&'static str, String)], body: Vec<u8>) -> Option<Request<Full<Bytes>>> {
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = Request::post(target)
        .header(HOST, host)
        .header(USER_AGENT, concat!("partnergraph/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), HeaderValue::from_str(value).ok()?);
    }
    request.body(Full::new(Bytes::from(body))).ok()
}

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
