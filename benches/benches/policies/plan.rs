//! A plan of any size, of the resource types and with the attributes that real ones have. The same
//! number of resources gives the same bytes.

use serde_json::{Value as Json, json};

/// One in so many resources breaks a rule.
const FAULT: usize = 500;

/// A plan in the form that `terraform show -json` writes.
pub(crate) fn terraform(resources: usize) -> Vec<u8> {
    let changes: Vec<Json> = (0..resources).map(change).collect();
    let plan = json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": { "root_module": {} },
        "resource_changes": changes,
        "configuration": { "root_module": {} },
        "timestamp": "2026-03-02T08:00:00Z",
        "applyable": true,
        "complete": true,
        "errored": false,
    });
    serde_json::to_vec(&plan).unwrap()
}

fn change(number: usize) -> Json {
    let (kind, name, after) = resource(number);
    let unknown: serde_json::Map<String, Json> =
        ["arn", "id", "owner_id", "region", "create_date", "tags_all"]
            .iter()
            .map(|name| ((*name).to_owned(), json!(true)))
            .collect();
    let module = format!("module.cell[{}]", number / 10);
    json!({
        "address": format!("{module}.{kind}.{name}"),
        "module_address": module,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": null,
            "after": after,
            "after_unknown": unknown,
            "before_sensitive": false,
            "after_sensitive": { "tags": {} },
        },
    })
}

/// Type, name and values of a resource.
fn resource(number: usize) -> (&'static str, &'static str, Json) {
    let fault = number % FAULT == FAULT - 1;
    let cell = number / 10;
    let tags =
        json!({ "cell": cell.to_string(), "env": "prod", "owner": format!("team-{}", cell % 17) });
    match number % 10 {
        0 | 5 => (
            "aws_instance",
            if number.is_multiple_of(10) { "a" } else { "b" },
            json!({
                "ami": "ami-12345678",
                "credit_specification": [],
                "get_password_data": false,
                "hibernation": null,
                "instance_type": if cell.is_multiple_of(3) { "t3.micro" } else { "m5.large" },
                "root_block_device": [{ "delete_on_termination": true, "encrypted": true, "tags": null }],
                "source_dest_check": true,
                "tags": tags,
                "timeouts": null,
                "user_data_replace_on_change": false,
            }),
        ),
        1 | 6 => (
            "aws_subnet",
            if number % 10 == 1 { "a" } else { "b" },
            json!({
                "assign_ipv6_address_on_creation": false,
                "cidr_block": format!("10.{}.{}.0/24", cell % 256, number % 256),
                "enable_dns64": false,
                "ipv6_cidr_block": null,
                "ipv6_native": false,
                "map_public_ip_on_launch": false,
                "outpost_arn": null,
                "tags": tags,
                "timeouts": null,
            }),
        ),
        2 | 7 => (
            "aws_s3_bucket",
            if number % 10 == 2 { "logs" } else { "data" },
            json!({
                "acl": if cell.is_multiple_of(2) { "private" } else { "log-delivery-write" },
                "bucket": format!("acme-cell-{cell}-{number}"),
                "force_destroy": false,
                "tags": tags,
                "timeouts": null,
            }),
        ),
        3 => (
            "aws_db_instance",
            "db",
            json!({
                "allocated_storage": 20 + cell % 80,
                "apply_immediately": false,
                "auto_minor_version_upgrade": true,
                "copy_tags_to_snapshot": false,
                "engine": "postgres",
                "identifier": format!("db-{cell}"),
                "instance_class": "db.t3.micro",
                "monitoring_interval": 0,
                "publicly_accessible": false,
                "skip_final_snapshot": true,
                "storage_encrypted": true,
                "tags": tags,
                "timeouts": null,
                "username": "u",
            }),
        ),
        4 | 9 => (
            "aws_security_group",
            if number % 10 == 4 { "web" } else { "app" },
            json!({
                "description": "Managed by Terraform",
                "ingress": [
                    ingress(443, if fault { "0.0.0.0/0" } else { "10.0.0.0/8" }),
                    ingress(8080, "10.0.0.0/8"),
                    ingress(22, "192.168.0.0/16"),
                ],
                "name": format!("web-{cell}"),
                "revoke_rules_on_delete": false,
                "tags": tags,
                "timeouts": null,
            }),
        ),
        _ => (
            "aws_iam_role",
            "role",
            json!({
                "assume_role_policy": "{\"Statement\":[{\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}],\"Version\":\"2012-10-17\"}",
                "description": null,
                "force_detach_policies": false,
                "max_session_duration": 3600,
                "name": format!("role-{cell}"),
                "path": "/",
                "permissions_boundary": null,
                "tags": tags,
            }),
        ),
    }
}

fn ingress(port: u16, block: &str) -> Json {
    json!({
        "cidr_blocks": ["10.1.0.0/16", "10.2.0.0/16", block],
        "description": "",
        "from_port": port,
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "protocol": "tcp",
        "security_groups": [],
        "self": false,
        "to_port": port,
    })
}
