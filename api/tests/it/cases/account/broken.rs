//! Files that are none, that break off, and who is turned away. Whatever it was, the list is as it was.

use super::{accounts, add, customers, imports, numbers, pairs, taken, upload};
use crate::{
    cases::cosell::csv::{Desk, code, token, told},
    support::{TestApp, on_both},
};
use entity::value::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::{io::Write, time::Duration};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};

on_both!(
    files_that_are_none_are_refused_in_whole,
    a_file_without_an_account_empties_no_list,
    requests_that_make_no_sense_are_refused,
    a_connection_that_is_cut_leaves_the_list_as_it_was,
    a_file_is_packed_and_one_that_breaks_is_taken_back,
);

async fn kept(app: &TestApp) -> Value {
    let list = customers(app).await;
    add(app, &list, vec![super::account("1", "Acme"), super::account("2", "Bolt")]).await.payload();
    list
}

/// The list is as [`kept`] made it, and can be written.
async fn is_untouched(app: &TestApp, list: &Value) {
    assert_eq!(accounts(app, list).await, pairs(&[("1", "Acme"), ("2", "Bolt")]));
    let added = add(app, list, vec![super::account("2", "Bolt")]).await;
    assert_eq!(added.payload()["accountList"]["version"], 1);
}

async fn files_that_are_none_are_refused_in_whole(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = kept(&app).await;
    let columns = (0..21).map(|number| format!(",own {number}")).collect::<String>();
    let columns = format!("name{columns}\n");
    for (file, message) in [
        (&b""[..], "empty"),
        (b"id,website\n1,acme.example\n", "`name`"),
        (b"1,Acme\n2,Bolt\n", "`name`"),
        (b"name,Company\nAcme,Acme\n", "Column 2"),
        (b"\xff\xfen\0a\0", "UTF-8"),
        (b"n\xe4me,x\n", "UTF-8"),
        (b"id,name\r1,Acme\r", "carriage return"),
        (b"id,\"name\n1,Acme\n", "header"),
        (columns.as_bytes(), "20 columns"),
    ] {
        let (status, body) = upload(&desk, &token, &list, "", file.to_vec()).await;
        assert_eq!((status, code(&body)), (422, "BAD_USER_INPUT"), "{file:?}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(message), "{body:#}");
    }
    // Nothing of that was an import.
    assert!(imports(&app, &list).await.is_empty());
    is_untouched(&app, &list).await;
}

async fn a_file_without_an_account_empties_no_list(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = kept(&app).await;
    for (file, rejected) in [("id,name\n", 0), ("id,name\n1,\n2\n", 2)] {
        let (status, body) = upload(&desk, &token, &list, "", file).await;
        assert_eq!((status, code(&body)), (422, "BAD_USER_INPUT"), "{body:#}");
        assert_eq!(numbers(&body["report"]), [0, 0, 0, 0, rejected]);
        let import = &imports(&app, &list).await[0];
        assert_eq!((&import["state"], &import["problem"]), (&json!("FAILED"), &json!("EMPTY")));
        is_untouched(&app, &list).await;
    }
}

async fn requests_that_make_no_sense_are_refused(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = kept(&app).await;
    for (query, message) in [("?mode=add", "mode"), ("?dryRun=yes", "dryRun"), ("?strict=true", "unknown")] {
        let (status, body) = upload(&desk, &token, &list, query, "name\nx\n").await;
        assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"), "{query}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(message), "{body:#}");
    }
    let (status, body) = upload(&desk, &token, &json!("org_1"), "", "name\nx\n").await;
    assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"));
    let path = format!("/upload/account-lists/{}", list.as_str().unwrap());
    for kind in ["application/json", "text/csv; charset=latin1"] {
        let request = desk.request(Method::POST, &path, &token).header("content-type", kind).body("name\nx\n");
        let (status, body) = told(request.send().await.unwrap()).await;
        assert_eq!((status, code(&body)), (415, "BAD_USER_INPUT"), "{kind}");
    }
    let response = desk.request(Method::GET, &path, &token).send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"POST".parse().unwrap()));
    is_untouched(&app, &list).await;
}

async fn a_connection_that_is_cut_leaves_the_list_as_it_was(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = kept(&app).await;
    let path = format!("/upload/account-lists/{}", list.as_str().unwrap());
    let mut socket = TcpStream::connect(desk.address).await.unwrap();
    let rows: String = (0..3_500).map(|number| format!("{number},Company {number}\n")).collect();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: text/csv\r\n\
         Content-Length: 10000000\r\n\r\nid,name\n{rows}"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    // Parts of it are laid out by now, and nobody sees them.
    let running = until(&app, &list, |import| import["rows"].as_i64() >= Some(3_000)).await;
    assert_eq!((&running["state"], &running["percent"]), (&json!("RUNNING"), &json!(0)));
    assert_eq!(accounts(&app, &list).await, pairs(&[("1", "Acme"), ("2", "Bolt")]));
    let other = add(&app, &list, vec![super::account("3", "Cord")]).await;
    assert_eq!(other.refusals(), ["INVALID_STATE"]);
    let (status, body) = upload(&desk, &token, &list, "", "id,name\n3,Cord\n").await;
    assert_eq!((status, code(&body)), (409, "BAD_USER_INPUT"), "{body:#}");
    socket.shutdown().await.unwrap();
    // Read to its end: the server has then let go of the request.
    let answer = crate::transport::read_to_end(&mut socket).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    let failed = imports(&app, &list).await[0].clone();
    assert_eq!((&failed["state"], &failed["problem"]), (&json!("FAILED"), &json!("CUT_OFF")));
    is_untouched(&app, &list).await;
    assert_eq!(numbers(&taken(&desk, &token, &list, "", "id,name\n1,Acme\n3,Cord\n").await), [1, 0, 1, 1, 0]);
}

/// Looks at the newest import until it is so. What it waits for happens on another task, whose end nobody hears of.
async fn until(app: &TestApp, list: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let newest = imports(app, list).await.into_iter().next();
        match newest {
            Some(import) if is_so(&import) => return import,
            other => assert!(Instant::now() < patience, "it did not come: {other:?}"),
        }
        tokio::task::yield_now().await;
    }
}

async fn a_file_is_packed_and_one_that_breaks_is_taken_back(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Manager);
    let list = kept(&app).await;
    let path = format!("/upload/account-lists/{}", list.as_str().unwrap());
    let rows: String = (0..5_000).map(|number| format!("{number},Company {number}\n")).collect();
    let file = format!("id,name\n{rows}");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(file.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let send = async |encoding: &str, body: Vec<u8>| {
        let request = desk.request(Method::POST, &path, &token).header("content-type", "text/csv");
        told(request.header("content-encoding", encoding).body(body).send().await.unwrap()).await
    };
    let (status, body) = send("br", file.clone().into_bytes()).await;
    assert_eq!((status, code(&body)), (415, "BAD_USER_INPUT"));
    // Its last bytes say what the whole must be: without them nobody knows that it is whole.
    let (status, body) = send("gzip", packed[..packed.len() - 6].to_vec()).await;
    assert_eq!((status, code(&body)), (422, "BAD_USER_INPUT"), "{body:#}");
    let import = &imports(&app, &list).await[0];
    assert_eq!((&import["state"], &import["problem"]), (&json!("FAILED"), &json!("UNREADABLE")));
    is_untouched(&app, &list).await;
    let (status, body) = send("gzip", packed).await;
    assert_eq!((status, numbers(&body["report"])), (200, [4_998, 2, 0, 0, 0]), "{body:#}");
}
