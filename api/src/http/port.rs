//! A port: how connections are accepted on it, how HTTP is spoken on them, and how one of them leaves HTTP. Whoever answers
//! 101 says in that answer's extensions who goes on with the connection; it is theirs from the end of that head on, without
//! anything of the HTTP library between them and the system. What is spoken then is not known here.

use std::{fmt, future::poll_fn, io, net::SocketAddr, pin::pin, time::Duration};

use actix_codec::{Encoder, Framed, FramedParts};
use actix_http::{
    HttpMessage, HttpService, Protocol as Spoken, Request, Response,
    error::DispatchError,
    h1::{Codec, Message},
};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, apply_fn_factory, map_config};
use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{AppConfig, Server, ServiceResponse},
    http::{ConnectionType, KeepAlive},
    rt::net::TcpStream,
    web::BytesMut,
};
use futures::{FutureExt, future::LocalBoxFuture};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{
    leaving::{Exit, Leaving},
    patient::Patient,
    server::ServerSettings,
    tcp,
};

/// Connections that the system accepts ahead of the workers.
const BACKLOG: i32 = 2048;
/// Bytes of an answer that are collected before they are written.
const COLLECTED: usize = 16 << 10;
/// How long the head of an answer by which a connection leaves may take to be written, with what was to be said before it,
/// however little by little.
const HEAD: Duration = Duration::from_secs(10);
/// After an early answer the rest of a request is read for this long, so that the client gets to see the answer.
const LINGER: Duration = Duration::from_secs(1);

/// A connection together with what speaks HTTP on it.
type Connection = Framed<Leaving<Patient<TcpStream>, Left>, Codec>;

/// A connection that has left: who goes on with it, and what has arrived on it already.
type Left = (Onward, TcpStream, BytesMut);

/// In the extensions of a request with whose answer its connection may leave. Not each that asks for that is one: where the
/// library sees a body, or more than one protocol to choose from, it goes on to speak HTTP.
pub(super) struct MayLeave;

/// Who goes on with a connection after an answer of 101, which carries it in its extensions: it is given the connection and
/// what has arrived on it already. The connection counts as open until the future ends.
pub(super) struct Onward(Box<dyn FnOnce(TcpStream, BytesMut) -> LocalBoxFuture<'static, ()>>);

impl Onward {
    pub(super) fn new<Fut>(go: impl FnOnce(TcpStream, BytesMut) -> Fut + 'static) -> Self
    where
        Fut: Future<Output = ()> + 'static,
    {
        Self(Box::new(|connection, early| go(connection, early).boxed_local()))
    }
}

/// Takes the port; connections that come wait until they are served.
pub(super) fn open(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restarted server need not wait for connections of the former one to be forgotten.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves what `app` makes, once for each worker, on a port.
pub(super) fn serve<F, I, S, B>(
    listener: std::net::TcpListener,
    settings: &ServerSettings,
    app: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::InitError: fmt::Debug,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let workers = settings.workers.max(1);
    let (header_deadline, keep_alive) = (settings.header_deadline, settings.keep_alive);
    let (send_buffer, peer_timeout) = (settings.live.send_buffer, settings.live.peer_timeout);
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(settings.max_connections.div_ceil(workers))
        .shutdown_timeout(settings.shutdown_grace.as_secs())
        .disable_signals();
    let draining = builder.graceful_shutdown_signal();
    let service = move || {
        let draining = draining.clone();
        let asked = map_config(app().into_factory(), |()| AppConfig::default());
        let upgraded = map_config(app().into_factory(), |()| AppConfig::default());
        let http = HttpService::build()
            // Connections between two requests end at once when the server stops.
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(keep_alive))
            .client_request_timeout(header_deadline)
            .client_disconnect_timeout(LINGER)
            .upgrade(apply_fn_factory(upgraded, |(request, framed): (Request, _), app: &S::Service| {
                request.extensions_mut().insert(MayLeave);
                let answer = app.call(request).map(|answered| match answered {
                    Ok(answer) => Response::<B>::from(answer).map_into_boxed_body(),
                    Err(error) => error.into(),
                });
                leave(answer, framed).map(Ok::<_, Error>)
            }))
            .finish(asked);
        apply_fn_factory(http, move |connection: TcpStream, http: &_| {
            tcp::bound(&connection, send_buffer, peer_timeout);
            let peer = connection.peer_addr().ok();
            let exit = Exit::<Left>::default();
            let connection = Leaving::new(Patient::new(connection, peer_timeout), Exit::clone(&exit));
            // In boxes of their own, so that a connection that stays for days holds nothing of how it came about.
            let spoken = Box::pin(Service::call(http, (connection, Spoken::Http1, peer)));
            async move {
                spoken.await?;
                if let Some((Onward(go), connection, early)) = exit.take() {
                    go(connection, early).await;
                }
                Ok::<_, DispatchError>(())
            }
        })
    };
    Ok(builder.listen("http", listener, service)?.run())
}

/// Sends the answer, and puts the connection down for whoever it names to go on with.
async fn leave(answer: impl Future<Output = Response<BoxBody>> + 'static, framed: Connection) {
    // A connection that breaks meanwhile is gone.
    let _ = respond(answer.await, framed, HEAD).await;
}

/// Sends a whole answer and ends the connection; but of one that names who goes on, only the head, within `deadline`.
async fn respond(mut response: Response<BoxBody>, framed: Connection, deadline: Duration) -> io::Result<()> {
    let FramedParts { io: mut connection, mut codec, read_buf: early, write_buf: mut bytes, .. } = framed.into_parts();
    let onward = response.extensions_mut().remove::<Onward>();
    if onward.is_none() {
        // What follows the head of this request is of no known form.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    if response.body().size() == BodySize::Stream {
        // The end of the connection is its end: the codec writes no chunks for a request to upgrade.
        response.head_mut().no_chunking(true);
    }
    let (response, body) = response.into_parts();
    codec.encode(Message::Item((response, body.size())), &mut bytes)?;
    if let Some(onward) = onward {
        timeout(deadline, connection.write_all_buf(&mut bytes)).await??;
        let (connection, exit) = connection.into_parts();
        exit.set(Some((onward, connection.into_inner(), early)));
        return Ok(());
    }
    let mut body = pin!(body);
    while let Some(chunk) = poll_fn(|context| body.as_mut().poll_next(context)).await {
        let Ok(chunk) = chunk else {
            // What is cut off is seen to be, also where no length was promised.
            SockRef::from(connection.get_ref().get_ref()).set_linger(Some(Duration::ZERO))?;
            return Ok(());
        };
        codec.encode(Message::Chunk(Some(chunk)), &mut bytes)?;
        // A short answer goes out as one: some clients look no further than what came with its head.
        if bytes.len() > COLLECTED {
            connection.write_all_buf(&mut bytes).await?;
        }
    }
    codec.encode(Message::Chunk(None), &mut bytes)?;
    connection.write_all_buf(&mut bytes).await?;
    connection.shutdown().await?;
    let _ = timeout(LINGER, unread(&mut connection)).await;
    Ok(())
}

/// Reads to the end, for nobody.
async fn unread(connection: &mut (impl AsyncRead + Unpin)) {
    let mut bytes = [0; 4096];
    while matches!(connection.read(&mut bytes).await, Ok(1..)) {}
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    /// A connection that the system takes no more bytes for, since the other end of it reads none.
    async fn full() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(4096).unwrap();
        let client = client.connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        tcp::bound(&server, 4096, Duration::from_secs(3_600));
        // On its way to the other end, a byte may make room for others yet.
        while timeout(Duration::from_millis(100), server.writable()).await.is_ok() {
            let _ = server.try_write(&[0; 1024]);
        }
        (server, client)
    }

    fn leaving() -> Response<BoxBody> {
        let mut response =
            Response::build(StatusCode::SWITCHING_PROTOCOLS).upgrade("websocket").finish().map_into_boxed_body();
        response.extensions_mut().insert(Onward::new(|_, _| std::future::ready(())));
        response
    }

    /// How sending `response` on a connection that takes nothing ends.
    async fn sent(response: Response<BoxBody>, patience: Duration, deadline: Duration) -> Option<io::ErrorKind> {
        let (server, _client) = full().await;
        let leaving = Leaving::new(Patient::new(server, patience), Exit::default());
        let framed = Framed::new(leaving, Codec::default());
        let sent = timeout(Duration::from_secs(10), respond(response, framed, deadline)).await;
        sent.expect("it is waited for without end").err().map(|error| error.kind())
    }

    #[actix_web::test]
    async fn the_head_by_which_a_connection_leaves_has_a_deadline() {
        let (never, soon) = (Duration::from_secs(3_600), Duration::from_millis(10));
        assert_eq!(sent(leaving(), never, soon).await, Some(io::ErrorKind::TimedOut));
    }

    #[actix_web::test]
    async fn an_answer_that_nobody_takes_is_given_up() {
        let (never, soon) = (Duration::from_secs(3_600), Duration::from_millis(10));
        let other = Response::build(StatusCode::NOT_FOUND).finish().map_into_boxed_body();
        assert_eq!(sent(other, soon, never).await, Some(io::ErrorKind::TimedOut));
    }
}
