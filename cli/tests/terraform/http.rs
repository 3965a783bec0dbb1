//! A state behind HTTP: which one it is, only the environment says.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
};

use serde_json::{Value, json};

use super::place::{Place, said, terraform};

const CONFIGURATION: &str = r#"
terraform {
  backend "http" {}
}
resource "terraform_data" "site" { input = "1" }
"#;

/// Keeps states by their paths, for as long as the test runs.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut states = BTreeMap::new();
        for stream in listener.incoming() {
            answer(stream.unwrap(), &mut states);
        }
    });
    port
}

fn answer(stream: TcpStream, states: &mut BTreeMap<String, Vec<u8>>) {
    let mut request = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    request.read_line(&mut first).unwrap();
    let mut words = first.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
    let path = path.split('?').next().unwrap().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        request.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body).unwrap();
    if method == "POST" {
        states.insert(path.clone(), body);
    }
    let (status, content) = match states.get(&path) {
        Some(state) => ("200 OK", state.as_slice()),
        None => ("404 Not Found", &b""[..]),
    };
    let mut stream = stream;
    let length = content.len();
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n")
        .unwrap();
    stream.write_all(content).unwrap();
}

fn at(place: &Place, address: &str, arguments: &[&str]) -> (i32, Value) {
    let all = [&["--format", "json"], arguments].concat();
    let output = place.command(&all).env("TF_HTTP_ADDRESS", address).output().unwrap();
    let answer =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    (output.status.code().unwrap(), answer)
}

#[test]
fn what_was_planned_for_one_empty_state_is_not_applied_to_another() {
    let place = Place::bare(CONFIGURATION, "");
    let port = serve();
    let (one, other) =
        (format!("http://127.0.0.1:{port}/one"), format!("http://127.0.0.1:{port}/other"));
    let mut init = Command::new(terraform());
    place.clean(&mut init).args(["-chdir=infra", "init"]).env("TF_HTTP_ADDRESS", &one);
    let init = init.current_dir(place.0.path(".")).output().unwrap();
    assert!(init.status.success(), "{}", said(&init));

    let ask = |what, address: &str| {
        let mut arguments = Place::arguments(what, "dev");
        arguments.extend(["--stack", "dev"]);
        if what == "plan" {
            arguments.extend(["--", "-chdir=infra"]);
        }
        at(&place, address, &arguments)
    };
    let (code, planned) = ask("plan", &one);
    assert_eq!(code, 0, "{planned:#}");
    let (code, moved) = ask("apply", &other);
    assert_eq!((code, &moved["error"]["code"]), (2, &json!("terraform.moved")));
    let (code, applied) = ask("apply", &one);
    assert_eq!((code, &applied["outcome"]["result"]), (0, &json!("succeeded")), "{applied:#}");
    assert_eq!(applied["outcome"]["changed"]["created"], json!(["terraform_data.site"]));
    assert_eq!(applied["outcome"]["state"]["before"], 0);

    let look = |address: &str| {
        let drift = ["terraform", "drift", "--stage", "dev", "--asset", "web"];
        let who = ["--actor", "ci-checks", "--channel", "ci", "--", "-chdir=infra"];
        at(&place, address, &[&drift[..], &who].concat())
    };
    let (code, moved) = look(&other);
    assert_eq!((code, &moved["error"]["code"]), (2, &json!("terraform.moved")));
    assert_eq!(look(&one).0, 0);
}
