//! The way to a server, which can be cut: for its clients that is as if the server had been killed.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

pub(super) struct Proxy {
    url: Url,
    cut: watch::Sender<bool>,
}

impl Proxy {
    pub(super) async fn before(server: &Url) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut url = server.clone();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let (cut, state) = watch::channel(false);
        let server = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap_or(6379));
        tokio::spawn(async move {
            // It ends with the proxy, when nobody can change the state any more.
            while state.has_changed().is_ok() {
                let Ok((client, _)) = listener.accept().await else { return };
                if !*state.borrow() {
                    tokio::spawn(carry(client, server.clone(), state.clone()));
                }
            }
        });
        Self { url, cut }
    }

    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    /// Ends all connections and refuses new ones.
    pub(super) fn cut(&self) {
        self.cut.send_replace(true);
    }

    pub(super) fn mend(&self) {
        self.cut.send_replace(false);
    }
}

async fn carry(mut client: TcpStream, server: String, mut state: watch::Receiver<bool>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = state.wait_for(|cut| *cut) => {}
    }
}
