use super::*;
use crate::model::Actions;

fn plan(text: &str) -> Plan {
    Plan::from_kubernetes(text.as_bytes()).unwrap()
}

fn code(text: &str) -> &'static str {
    Plan::from_kubernetes(text.as_bytes()).unwrap_err().code()
}

fn types(plan: &Plan) -> Vec<(&str, &str)> {
    plan.resources.iter().map(|it| (it.type_name.as_str(), it.address.as_str())).collect()
}

const STREAM: &str = "# the shop
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
--- # a document
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template: |
    a text
     --- that is not at the margin
---
---
";

#[test]
fn a_stream_has_an_object_for_each_document() {
    let expected = [
        ("kubernetes:core/v1:Namespace", "v1/Namespace/shop"),
        ("kubernetes:apps/v1:Deployment", "apps/v1/Deployment/shop/web"),
    ];
    assert_eq!(types(&plan(STREAM)), expected);
    assert!(plan(STREAM).resources.iter().all(|it| it.actions == Actions::Create));
    // The same as a list, in JSON.
    let list = r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}]}"#;
    assert_eq!(types(&plan(list)), expected);
    // Whatever has items is one: kubectl applies them, and not what they stand in.
    for other in [("v1", "ConfigMap"), ("admission.k8s.io/v1", "AdmissionReview")] {
        let (version, kind) = other;
        let hidden = list.replacen("List", kind, 1).replacen("v1", version, 1);
        assert_eq!(types(&plan(&hidden)), expected, "{kind}");
    }
}

fn review(operation: &str, more: &str) -> String {
    format!(
        r#"{{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {{
            "uid": "705ab4f5", "kind": {{"group": "apps", "version": "v1", "kind": "Deployment"}},
            "namespace": "shop", "name": "web", "operation": "{operation}"{more} }}}}"#
    )
}

#[test]
fn a_review_says_what_is_done() {
    let now = r#", "object": {"spec": {"replicas": 3}}"#;
    let old = r#", "oldObject": {"spec": {"replicas": 1}}"#;
    let gone = r#", "object": null, "oldObject": {"spec": {}}"#;
    for (operation, more, actions) in [
        ("CREATE", now.to_owned(), Actions::Create),
        ("UPDATE", format!("{now}{old}"), Actions::Update),
        ("DELETE", gone.to_owned(), Actions::Delete),
    ] {
        let plan = plan(&review(operation, &more));
        assert_eq!(plan.resources[0].actions, actions);
        assert_eq!(
            types(&plan),
            [("kubernetes:apps/v1:Deployment", "apps/v1/Deployment/shop/web")]
        );
    }
    assert_eq!(code(&review("CONNECT", now)), "input.invalid_value");
    assert_eq!(code(&review("UPDATE", now)), "input.missing_field");
    assert_eq!(code(&review("CREATE", old)), "input.missing_field");
    let own = |version: &str, kind: &str| {
        let own = format!(r#""object": {{"apiVersion": "{version}", "kind": "{kind}", "#);
        review("CREATE", &now.replace(r#""object": {"#, &own))
    };
    assert_eq!(plan(&own("apps/v1", "Deployment")).resources.len(), 1);
    for other in [own("apps/v1", "Pod"), own("v1", "Deployment")] {
        assert_eq!(code(&other), "input.invalid_value");
        assert_eq!(
            code(&other.replace("CREATE", "DELETE").replace("object", "oldObject")),
            "input.invalid_value"
        );
    }
    let older = review("CREATE", now).replace("k8s.io/v1", "k8s.io/v1beta1");
    assert_eq!(code(&older), "input.invalid_value");
}

#[test]
fn what_is_no_manifest_is_an_error_and_never_an_empty_plan() {
    for (text, expected) in [
        ("", "input.empty"),
        ("# nothing\n---\n", "input.empty"),
        ("- a\n- b\n", "input.invalid_value"),
        ("kind: Pod\nmetadata: { name: a }\n", "input.missing_field"),
        ("apiVersion: v1\nmetadata: { name: a }\n", "input.missing_field"),
        ("apiVersion: v1\nkind: Pod\n", "input.missing_field"),
        ("apiVersion: v1\nkind: Pod\nmetadata: { namespace: a }\n", "input.missing_field"),
        ("apiVersion: v1\nkind: Pod\nmetadata: { name: 5 }\n", "input.invalid_value"),
        ("apiVersion: v1\nkind: List\nitems: {}\n", "input.invalid_value"),
        ("apiVersion: v1\nkind: List\nitems: []\n", "input.empty"),
        ("apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nitems: {}\n", "input.invalid_value"),
        ("apiVersion: v1\nkind: Pod\nkind: Job\nmetadata: { name: a }\n", "input.duplicate_key"),
    ] {
        assert_eq!(code(text), expected, "{text:?}");
    }
    let twice = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\n".repeat(2);
    assert_eq!(code(&twice), "input.invalid_value");
}

#[test]
fn a_place_is_one_of_the_whole_stream() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Pod\nkind: Pod\n";
    let read = |text: &str| Plan::from_kubernetes_files(&[("pods.yaml", text)]);
    let nameless = text.replace("kind: Pod\nkind: Pod", "# nameless\nkind: Pod");
    for (text, line) in [(text, 7), (&nameless, 5)] {
        let error = read(text).unwrap_err();
        assert_eq!(error.place().source.as_deref(), Some("pods.yaml"));
        assert_eq!(error.place().position.map(|position| position.line), Some(line));
    }
    let (_, declarations) = read(STREAM).unwrap();
    let lines: Vec<_> = declarations.values().map(|it| (&*it.file, it.line)).collect();
    assert_eq!(lines, [("pods.yaml", Some(7)), ("pods.yaml", Some(3))]);
    let (_, declarations) = read(&review("DELETE", r#", "oldObject": {}"#)).unwrap();
    assert_eq!(declarations["apps/v1/Deployment/shop/web"].line, None);
}

#[test]
fn an_object_that_is_declared_twice_is_refused_with_both_places() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n";
    let list = r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]}"#;
    let again = format!("# again\n---\n{pod}");
    for (files, first, second) in [
        (vec![("x.yaml", pod), ("y.yaml", &*again)], "x.yaml:1:1", "y.yaml:3:1: "),
        (vec![("x.yaml", &*format!("{pod}{again}"))], "x.yaml:1:1", "x.yaml:6:1: "),
        (vec![("l.json", list), ("y.yaml", pod)], "l.json: at /items/1", "y.yaml:1:1: "),
    ] {
        let error = Plan::from_kubernetes_files(&files).unwrap_err();
        assert_eq!(error.code(), "input.invalid_value");
        assert!(error.message().ends_with(first), "{error}");
        assert!(error.to_string().starts_with(second), "{error}");
    }
    // Without a name for the file, what is known is the line.
    let error = Plan::from_kubernetes(format!("{pod}---\n{pod}").as_bytes()).unwrap_err();
    assert!(error.message().ends_with("1:1"), "{error}");
    assert!(error.to_string().starts_with("5:1: "), "{error}");
}

/// `privileged: yes` is text to one and the truth to the other, and the one that matters is kubectl.
#[test]
fn what_kubectl_would_read_otherwise_is_refused() {
    let pod = |spec: &str| {
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{ name: a }}\nspec: {{ {spec} }}\n")
    };
    for spec in ["privileged: yes", "runAsUser: 0_0", "mode: 010", "on: 1", "<<: {a: 1}"] {
        assert_eq!(code(&pod(spec)), "input.yaml_feature", "{spec}");
        // After the first document, too.
        assert_eq!(code(&format!("{}---\n{}", pod("a: 1"), pod(spec))), "input.yaml_feature");
    }
    plan(&pod("privileged: 'yes', mode: '010'"));
    assert_eq!(code(&format!("{}---# next\n{}", pod("a: 1"), pod("a: 1"))), "input.yaml_feature");
}

#[test]
fn a_template_that_was_not_rendered_is_called_so() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata: { name: {{ .Values.name }} }\n",
        "apiVersion: v1\n{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
        "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
    ] {
        let error = Plan::from_kubernetes(text.as_bytes()).unwrap_err();
        assert!(error.help().unwrap().contains("helm template"), "{text}");
    }
}

#[test]
fn what_a_secret_holds_is_nowhere() {
    let text = "apiVersion: v1
kind: Secret
metadata:
  name: key
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{\"data\": {\"token\": \"Q0FOQVJZLTRmMWQ=\"}}' }
data: { token: Q0FOQVJZLTRmMWQ= }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: copy }
data: { url: 'https://x/?t=Q0FOQVJZLTRmMWQ=' }
";
    // What it held and holds no more is as secret.
    let emptied =
        review("UPDATE", r#", "object": {}, "oldObject": {"data": {"token": "Q0FOQVJZLTRmMWQ="}}"#)
            .replace(r#""group": "apps""#, r#""group": """#)
            .replace("Deployment", "Secret");
    for text in [text, &emptied] {
        let record = plan(text).to_record().unwrap();
        let record = serde_json::to_string(&record.as_ref()).unwrap();
        assert!(record.contains("/Secret/") && !record.contains("Q0FOQVJZ"), "{record}");
    }
}
