//! Who is turned away, and files that cannot be taken apart.

use super::{Desk, EXPORT, IMPORT, code, listed, numbers, problem, problems, rows, token, told};
use crate::{
    cases::cosell::{deal, opened},
    support::{TestApp, on_both},
};
use entity::value::Role;
use reqwest::Method;
use std::io::Write;
use tokio::{io::AsyncWriteExt, net::TcpStream};

on_both!(
    nobody_gets_in_who_may_not,
    requests_that_make_no_sense_are_refused,
    files_that_are_none_are_refused_in_whole,
    rows_that_are_broken_are_told_by_their_line,
    a_file_that_does_not_arrive_leaves_nothing,
    a_packed_file_is_unpacked_within_bounds,
);

const FILE: &str = "externalId,title,customerName\na,One,Acme\n";

async fn nobody_gets_in_who_may_not(app: TestApp) {
    let desk = Desk::open(&app).await;
    let (status, body) = desk.send("", "", FILE).await;
    assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"));
    let (status, body) = desk.send("forged", "", FILE).await;
    assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"));
    let (status, body) = desk.send(&token(&app, "aurora", Role::Viewer), "", FILE).await;
    assert_eq!((status, code(&body)), (403, "FORBIDDEN"), "{body:#}");
    for token in ["", "forged"] {
        let response = desk.request(Method::GET, EXPORT, token).send().await.unwrap();
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        assert_eq!(response.headers()["cache-control"], "no-store");
        let (status, body) = told(response).await;
        assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"));
    }
    // Whoever may only look may take a copy of what is seen.
    opened(&app, deal()).await;
    assert_eq!(rows(&desk.file(&token(&app, "aurora", Role::Viewer), "").await).len(), 1);
    assert_eq!(rows(&desk.file(&token(&app, "operator", Role::Owner), "").await).len(), 0);
    assert_eq!(listed(&app, &app.manager("aurora"), "id").await.len(), 1);
}

async fn requests_that_make_no_sense_are_refused(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    for (query, message) in [("?strict=yes", "strict"), ("?dry=true", "unknown"), ("?strict=true&strict=true", "twice")]
    {
        let (status, body) = desk.send(&token, query, FILE).await;
        assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"), "{query}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(message), "{body:#}");
    }
    for query in ["?stages=WON", "?customer=a%00", "?updatedAfter=now", "?first=1", "?archived=1"] {
        let response = desk.request(Method::GET, &format!("{EXPORT}{query}"), &token).send().await.unwrap();
        let (status, body) = told(response).await;
        assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"), "{query}");
    }
    for kind in ["application/json", "text/csv; charset=latin1", "multipart/form-data; boundary=x"] {
        let request = desk.request(Method::POST, IMPORT, &token).header("content-type", kind).body(FILE);
        let (status, body) = told(request.send().await.unwrap()).await;
        assert_eq!((status, code(&body)), (415, "BAD_USER_INPUT"), "{kind}");
    }
    let request =
        desk.request(Method::POST, IMPORT, &token).header("content-type", "text/csv").header("accept", "text/csv");
    let (status, body) = told(request.body(FILE).send().await.unwrap()).await;
    assert_eq!((status, code(&body)), (406, "BAD_USER_INPUT"));
    let request = desk.request(Method::GET, EXPORT, &token).header("accept", "application/json");
    let (status, body) = told(request.send().await.unwrap()).await;
    assert_eq!((status, code(&body)), (406, "BAD_USER_INPUT"));
    for (method, path, allowed) in [
        (Method::GET, IMPORT, "POST"),
        (Method::PUT, IMPORT, "POST"),
        (Method::POST, EXPORT, "GET"),
        (Method::DELETE, EXPORT, "GET"),
    ] {
        let response = desk.request(method, path, &token).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allowed);
        assert_eq!(told(response).await.0, 405);
    }
    assert!(listed(&app, &app.manager("aurora"), "id").await.is_empty());
}

async fn files_that_are_none_are_refused_in_whole(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    for (file, message) in [
        (&b""[..], "empty"),
        (b"externalId,title,surprise\na,b,c\n", "column 3"),
        (b"externalId,title,title\na,b,c\n", "twice"),
        (b"title,customerName\nOne,Acme\n", "externalId"),
        (b"externalId,expectedAmount\na,1\n", "currency"),
        (b"\xff\xfee\0x\0", "UTF-8"),
        (b"externalId,t\xeftle\n", "UTF-8"),
        (b"externalId,title\ra,b\r", "carriage return"),
        (b"externalId,\"title\na,b\n", "header"),
    ] {
        let (status, body) = desk.send(&token, "", file.to_vec()).await;
        assert_eq!((status, code(&body)), (422, "BAD_USER_INPUT"), "{file:?}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(message), "{body:#}");
    }
    let many = format!("externalId,title,customerName\n{}", "a,b,c\n".repeat(5_001));
    let (status, body) = desk.send(&token, "", many).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    let (status, body) = desk.send(&token, "", vec![b'a'; 600 << 10]).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    assert!(listed(&app, &app.manager("aurora"), "id").await.is_empty());
}

async fn rows_that_are_broken_are_told_by_their_line(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let mut file = b"externalId,title,customerName\r\na,One,Acme\r\nb,\"Two\"x,Acme\r\nc,Three\r\nd,F\xffur,Acme\r\n\
        e,Fi\0ve,Acme\r\nf,\"Six\r\nlines\",Acme\r\n"
        .to_vec();
    file.extend(format!("g,{},Acme\r\n", "x".repeat(70_000)).bytes());
    file.extend(b"h,\"Eight,Acme\r\ni,Nine,Acme\r\n");
    let (status, body) = desk.send(&token, "", file).await;
    assert_eq!(status, 200, "{body:#}");
    let report = &body["report"];
    assert_eq!(numbers(report), [3, 0, 0, 0, 6], "{report:#}");
    let expected = [
        problem(3, "-", "BAD_QUOTING"),
        problem(4, "-", "RAGGED_ROW"),
        problem(5, "title", "INVALID_UTF8"),
        problem(6, "title", "INVALID_FORMAT"),
        problem(9, "-", "ROW_TOO_LONG"),
        problem(10, "-", "UNCLOSED_QUOTE"),
    ];
    assert_eq!(problems(report), expected);
    let titles = listed(&app, &app.manager("aurora"), "title").await;
    assert_eq!(
        titles.iter().map(|row| row["title"].as_str().unwrap()).collect::<Vec<_>>(),
        ["One", "Six lines", "Nine"]
    );
}

async fn a_file_that_does_not_arrive_leaves_nothing(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let mut socket = TcpStream::connect(desk.address).await.unwrap();
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: text/csv\r\n\
         Content-Length: 10000\r\n\r\n{FILE}b,Two,Ac"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    // Read to its end: the server has then let go of the request.
    let answer = crate::transport::read_to_end(&mut socket).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(listed(&app, &app.manager("aurora"), "id").await.is_empty());
    assert_eq!(numbers(&desk.taken(&token, "", FILE).await), [1, 0, 0, 0, 0]);
}

async fn a_packed_file_is_unpacked_within_bounds(app: TestApp) {
    let desk = Desk::open(&app).await;
    let token = token(&app, "aurora", Role::Member);
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let send = async |encoding: &str, body: Vec<u8>| {
        let request = desk.request(Method::POST, IMPORT, &token).header("content-type", "text/csv");
        told(request.header("content-encoding", encoding).body(body).send().await.unwrap()).await
    };
    let (status, body) = send("gzip", packed(FILE.as_bytes())).await;
    assert_eq!((status, numbers(&body["report"])), (200, [1, 0, 0, 0, 0]));
    let (status, body) = send("gzip", packed(&vec![b'a'; 10 << 20])).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    let (status, body) = send("br", FILE.as_bytes().to_vec()).await;
    assert_eq!((status, code(&body)), (415, "BAD_USER_INPUT"));
    let (status, body) = send("gzip", FILE.as_bytes().to_vec()).await;
    assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"));
}
