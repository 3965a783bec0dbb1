//! The rules of `ten.yaml`, written by hand in Rust over parsed JSON: what any engine is slower than.

use regex::Regex;
use serde_json::Value as Json;

/// What was found.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) passes: u64,
    pub(crate) failures: Vec<(&'static str, String)>,
}

/// What is compiled once.
pub(crate) struct Rules {
    name: Regex,
}

impl Rules {
    pub(crate) fn new() -> Self {
        Self { name: Regex::new("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$").unwrap() }
    }

    pub(crate) fn judge(&self, plan: &Json) -> Report {
        let mut report = Report::default();
        for resource in plan["resource_changes"].as_array().unwrap() {
            let change = &resource["change"];
            let covered = change["actions"]
                .as_array()
                .is_some_and(|actions| actions.iter().any(|it| it == "create" || it == "update"));
            let Some(kind) = resource["type"].as_str().filter(|_| covered) else { continue };
            let after = &change["after"];
            let mut rule = |name: &'static str, holds: bool| {
                if holds {
                    report.passes += 1;
                } else {
                    let address = resource["address"].as_str().unwrap_or_default();
                    report.failures.push((name, address.to_owned()));
                }
            };
            if kind.starts_with("aws_") {
                rule("tagged", tagged(after));
            }
            match kind {
                "aws_s3_bucket" => {
                    rule("bucket-acl", bucket_acl(after));
                    rule("bucket-name", text(&after["bucket"], |name| self.name.is_match(name)));
                }
                "aws_db_instance" => {
                    rule("database-encrypted", after["storage_encrypted"] == true);
                    rule("database-private", database_private(after));
                }
                "aws_security_group" => {
                    rule("no-open-ports", no_open_ports(after));
                    rule("few-rules", few_rules(after));
                }
                "aws_instance" => {
                    rule("instance-type", instance_type(after));
                    rule("instance-disk", instance_disk(after));
                }
                "aws_subnet" => rule("subnet-private", subnet_private(after)),
                _ => {}
            }
        }
        report
    }
}

fn text(value: &Json, holds: impl FnOnce(&str) -> bool) -> bool {
    value.as_str().is_some_and(holds)
}

fn tagged(after: &Json) -> bool {
    let Some(tags) = after["tags"].as_object() else { return false };
    tags.get("owner").is_some_and(|owner| text(owner, |owner| !owner.is_empty()))
        && tags
            .get("env")
            .is_some_and(|env| text(env, |env| matches!(env, "dev" | "stage" | "prod")))
}

fn bucket_acl(after: &Json) -> bool {
    text(&after["acl"], |acl| matches!(acl, "private" | "log-delivery-write"))
}

fn database_private(after: &Json) -> bool {
    after["publicly_accessible"] == false
        && after["allocated_storage"].as_i64().is_some_and(|size| size <= 100)
}

fn no_open_ports(after: &Json) -> bool {
    after["ingress"].as_array().is_some_and(|rules| {
        rules.iter().all(|rule| {
            rule["cidr_blocks"]
                .as_array()
                .is_some_and(|blocks| blocks.iter().all(|block| block != "0.0.0.0/0"))
        })
    })
}

fn few_rules(after: &Json) -> bool {
    after["ingress"]
        .as_array()
        .is_some_and(|rules| rules.iter().filter(|rule| rule["protocol"] == "tcp").count() <= 5)
}

fn instance_type(after: &Json) -> bool {
    text(&after["instance_type"], |it| matches!(it, "t3.micro" | "t3.small" | "m5.large"))
}

fn instance_disk(after: &Json) -> bool {
    after["root_block_device"].as_array().is_some_and(|disks| {
        !disks.is_empty() && disks.iter().all(|disk| disk["encrypted"] == true)
    })
}

fn subnet_private(after: &Json) -> bool {
    after["map_public_ip_on_launch"] == false
        && text(&after["cidr_block"], |block| block.starts_with("10."))
}
