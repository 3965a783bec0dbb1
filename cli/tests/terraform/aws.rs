//! The AWS provider and a state in S3, before a server that stands in for AWS. It takes minutes, and needs the provider and
//! the server: `POUNDLOCK_MOTO` names `moto_server`, as `cargo xtask soak` sets it.

use std::{
    env,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{common::denials, place::Place};

struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: PathBuf) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(120), "the server does not answer");
            sleep(Duration::from_millis(50));
        }
        Self { child, port }
    }

    /// What somebody does past Terraform.
    fn put(&self, path: &str, body: &str) {
        let Self { port, .. } = self;
        let mut stream = TcpStream::connect(("127.0.0.1", *port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
}

fn configuration(port: u16) -> String {
    let common = format!(
        r#"
    region                      = "eu-central-1"
    access_key                  = "test"
    secret_key                  = "test"
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
    endpoints                   = {{ s3 = "http://127.0.0.1:{port}" }}"#
    );
    let provider = common.replace("endpoints                   = {", "endpoints {");
    format!(
        r#"
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
  backend "s3" {{
    bucket         = "acme-state"
    key            = "web.tfstate"
    use_path_style = true
    skip_s3_checksum = true
    {common}
  }}
}}
provider "aws" {{
  s3_use_path_style = true
  {provider}
}}
variable "size" {{ default = "1" }}
variable "token" {{
  sensitive = true
  default   = "canary-of-the-sensitive-value"
}}
resource "aws_s3_bucket" "web" {{
  bucket = "acme-web-${{terraform.workspace}}"
  tags   = {{ size = var.size }}
}}
resource "terraform_data" "secret" {{ input = var.token }}
"#
    )
}

#[test]
fn with_a_provider_and_a_state_elsewhere() {
    let Some(program) = env::var_os("POUNDLOCK_MOTO") else {
        println!("left out: POUNDLOCK_MOTO names no server");
        return;
    };
    let mirror =
        env::var_os("POUNDLOCK_TERRAFORM_PLUGINS").unwrap_or_else(|| "/opt/tf-plugins".into());
    let mirror = PathBuf::from(mirror);
    if !mirror.join("registry.terraform.io/hashicorp/aws").is_dir() {
        println!("left out: {} does not hold the provider `hashicorp/aws`", mirror.display());
        return;
    }
    let server = Server::start(program.into());
    server.put("/acme-state", "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>");
    let own = format!(
        "provider_installation {{\n  filesystem_mirror {{ path = \"{}\" }}\n}}\n",
        mirror.display()
    );
    let place = Place::with(&configuration(server.port), &own);

    place.through("dev");
    place.through("stage");
    place.select("prod");
    assert_eq!(place.plan("prod", &[]).0, 0);
    let (code, denied) = place.apply("prod");
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["approval.missing".to_owned()]));
    place.approve(&[]);
    let (code, applied) = place.apply("prod");
    assert_eq!(code, 0, "{applied:#}");
    assert_eq!(
        applied["outcome"]["changed"]["created"],
        json!(["aws_s3_bucket.web", "terraform_data.secret"])
    );

    let providers = &applied["outcome"]["execution"]["providers"];
    assert!(providers["registry.terraform.io/hashicorp/aws"].is_string(), "{providers}");

    let (code, found) = place.drift("prod", "infra");
    assert_eq!((code, &found["found"]), (0, &json!(false)), "{found:#}");
    let (code, planned) = place.plan("prod", &["-var=size=2"]);
    assert_eq!(code, 0, "{planned:#}");
    place.approve(&[]);
    server.put(
        "/acme-web-prod?tagging",
        "<Tagging><TagSet><Tag><Key>by</Key><Value>hand</Value></Tag></TagSet></Tagging>",
    );
    let (code, found) = place.drift("prod", "infra");
    assert_eq!((code, &found["found"]), (1, &json!(true)), "{found:#}");
    let (code, denied) = place.apply("prod");
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["incident.open".to_owned()]));

    let incident = found["admission"]["entry"].as_str().unwrap();
    let (code, answer) = place.json(&[
        "record",
        "resolution",
        "--incident",
        incident,
        "--reason",
        "the tags go back",
        "--actor",
        "alice",
        "--actor-kind",
        "human",
    ]);
    assert_eq!(code, 0, "{answer:#}");
    let (code, applied) = place.apply("prod");
    assert_eq!(code, 0, "{applied:#}");
    assert_eq!(applied["outcome"]["changed"]["altered"], json!(["aws_s3_bucket.web"]));
    assert_eq!(applied["outcome"]["state"]["before"].as_u64().map(|it| it > 0), Some(true));

    // The same directory, initialised with another backend: the plan is not of its state.
    place.select("dev");
    assert_eq!(place.plan("dev", &["-destroy"]).0, 0);
    place.write(
        "infra/main.tf",
        &configuration(server.port).replace("web.tfstate", "other.tfstate"),
    );
    place.terraform(&["init", "-reconfigure"]);
    place.terraform(&["workspace", "new", "dev"]);
    let (code, moved) = place.apply("dev");
    assert_eq!((code, &moved["error"]["code"]), (2, &json!("terraform.moved")));
    place.write("infra/main.tf", &configuration(server.port));
    place.terraform(&["init", "-reconfigure"]);
    place.select("dev");
    let (code, destroyed) = place.apply("dev");
    assert_eq!(code, 0, "{destroyed:#}");
    assert_eq!(
        destroyed["outcome"]["changed"]["deleted"],
        json!(["aws_s3_bucket.web", "terraform_data.secret"])
    );
    place.verify();
}
