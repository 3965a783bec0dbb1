//! Kubernetes manifests and admission reviews to plans, under the types that Pulumi gives the same objects
//! (`kubernetes:apps/v1:Deployment`), so that one pack serves programs, manifests and clusters.

mod stream;

use std::collections::BTreeMap;

use super::resources;
use crate::{
    canonical::document_digest,
    error::{Code, Error, Place, Result},
    model::Plan,
    value::{Builder, Kind, Ref},
};
use stream::Document;

impl Plan {
    /// Reads manifests, as YAML of any number of documents or as JSON: objects, lists of them, and
    /// `AdmissionReview`s of `admission.k8s.io/v1`.
    ///
    /// An object has the type `kubernetes:` with its API version (`core/v1` for `v1`) and kind, and the address
    /// `apiVersion/kind/namespace/name`. What a manifest declares counts as created, whatever the cluster holds; a review
    /// says itself what is to be done. The data of a `Secret` is sensitive.
    ///
    /// Its digest binds the description alone: such a plan is to be checked, and not to be admitted.
    ///
    /// Kubernetes' own tools read YAML by version 1.1. What means something else there than in YAML 1.2 (`yes`, `010`, `1_000`) is
    /// refused, unless it is in quotes.
    ///
    /// ```
    /// use poundlock::Plan;
    ///
    /// let plan = Plan::from_kubernetes(b"apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n")?;
    /// assert_eq!(plan.resources[0].type_name, "kubernetes:apps/v1:Deployment");
    /// assert_eq!(plan.resources[0].address, "apps/v1/Deployment/shop/web");
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Value::parse_yaml`](crate::value::Value::parse_yaml) and
    /// [`Value::parse_json`](crate::value::Value::parse_json); `input.yaml_feature` also for plain text that versions of YAML
    /// read differently; `input.empty` where there is no object at all;
    /// `input.missing_field` for an object without API version, kind or name; `input.invalid_value` for what is no
    /// object, a review of `CONNECT`, which changes nothing, and two objects with one address.
    pub fn from_kubernetes(document: &[u8]) -> Result<Self> {
        let documents = stream::documents(document)?;
        Self::from_objects(&objects(&documents)?)
    }

    /// Reads the manifests of several files together, each with the name by which errors say where they are, and says where
    /// each object is declared.
    ///
    /// # Errors
    ///
    /// Those of [`from_kubernetes`](Self::from_kubernetes), of two objects with one address in different files, too.
    pub fn from_kubernetes_files<N: AsRef<str>, B: AsRef<[u8]>>(
        files: &[(N, B)],
    ) -> Result<(Self, Declarations)> {
        let mut read = Vec::new();
        for (name, text) in files {
            let documents = stream::documents(text.as_ref());
            read.push((name.as_ref(), documents.map_err(|error| error.in_source(name.as_ref()))?));
        }
        let (mut all, mut declarations) = (Vec::new(), Declarations::new());
        for (name, documents) in &read {
            // What is wrong with one file is said of that file.
            for mut object in objects(documents).map_err(|error| error.in_source(*name))? {
                let line = object.place.position.map(|position| position.line);
                let file = (*name).to_owned();
                object.place.source = Some(file.clone());
                declarations.insert(object.address(), Declaration { file, line });
                all.push(object);
            }
        }
        Ok((Self::from_objects(&all)?, declarations))
    }

    fn from_objects(objects: &[Object<'_>]) -> Result<Self> {
        if objects.is_empty() {
            return Err(Error::new(Code::InputEmpty, "there is no manifest in the input"));
        }
        demand_unique(objects)?;
        let mut builder = Builder::new();
        builder.begin_map()?;
        builder.key("resources")?;
        builder.begin_list()?;
        objects.iter().try_for_each(|object| object.describe(&mut builder))?;
        builder.end_list()?;
        builder.end_map()?;
        let described = builder.finish()?;
        let digest = document_digest("kubernetes", None, described.as_ref())?;
        let mut plan = resources::described(&described)?;
        // Kubernetes knows no provisioners.
        plan.resources.iter_mut().for_each(|resource| resource.provisioners = None);
        Ok(Plan { digest, tool: "kubernetes".to_owned(), ..plan })
    }
}

/// Where objects are declared, by the addresses of their resources.
pub type Declarations = BTreeMap<String, Declaration>;

/// Where an object is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name of the file.
    pub file: String,
    /// The line, counted from 1; absent where the file is JSON.
    pub line: Option<u32>,
}

/// An object, and what is to be done to it.
struct Object<'a> {
    /// Where it stands, as far as that is known.
    place: Place,
    api_version: String,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: String,
    object: Option<Ref<'a>>,
    old_object: Option<Ref<'a>>,
}

fn objects(documents: &[Document]) -> Result<Vec<Object<'_>>> {
    let mut objects = Vec::new();
    for document in documents {
        collect(document, &mut objects).map_err(|error| document.placed(error))?;
    }
    Ok(objects)
}

fn collect<'a>(document: &'a Document, objects: &mut Vec<Object<'a>>) -> Result<()> {
    let value = document.value.as_ref();
    let (api_version, kind) = kind_of(value)?;
    let place =
        |value, pointer| Place { position: document.position(value), pointer, ..Place::default() };
    match value.get("items").map(|items| items.kind()) {
        None if kind == "AdmissionReview" && api_version.starts_with("admission.k8s.io/") => {
            objects.push(review(value, place(value, None), api_version)?);
        }
        None => objects.push(declared(value, place(value, None), api_version, kind)?),
        // Whatever has items is a list to kubectl, which applies them and not what holds them.
        Some(Kind::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                let (api_version, kind) = kind_of(item)?;
                // Lists do not nest, so that reading them is bounded.
                if item.get("items").is_some() {
                    return Err(wrong(item, "a list holds no lists"));
                }
                let place = place(item, Some(format!("/items/{index}")));
                objects.push(declared(item, place, api_version, kind)?);
            }
        }
        Some(_) => return Err(wrong(value, "the `items` of a list are a list")),
    }
    Ok(())
}

/// Refuses an object that is there twice, as one of the two would hide the other.
fn demand_unique(objects: &[Object<'_>]) -> Result<()> {
    let mut places = BTreeMap::new();
    for object in objects {
        let Some(first) = places.insert(object.address(), &object.place) else { continue };
        let message = format!("this object is declared twice; the first is {first}");
        return Err(Error::new(Code::InputInvalidValue, message)
            .at_place(&object.place)
            .with_help("leave one of them out"));
    }
    Ok(())
}

/// The API version and the kind of a manifest.
fn kind_of<'a>(manifest: Ref<'a>) -> Result<(&'a str, &'a str)> {
    if !matches!(manifest.kind(), Kind::Map(_)) {
        return Err(wrong(manifest, "a manifest is a map"));
    }
    Ok((text(manifest, "apiVersion")?, text(manifest, "kind")?))
}

fn declared<'a>(
    object: Ref<'a>,
    place: Place,
    api_version: &str,
    kind: &'a str,
) -> Result<Object<'a>> {
    let metadata = field(object, "metadata")?;
    Ok(Object {
        place,
        api_version: api_version.to_owned(),
        kind,
        namespace: optional(metadata, "namespace")?,
        name: name(metadata)?,
        object: Some(object),
        old_object: None,
    })
}

/// The name, or what the cluster makes one of.
fn name(metadata: Ref<'_>) -> Result<String> {
    match (optional(metadata, "name")?, optional(metadata, "generateName")?) {
        (Some(name), _) if !name.is_empty() => Ok(name.to_owned()),
        (_, Some(prefix)) if !prefix.is_empty() => Ok(format!("{prefix}*")),
        _ => Err(missing(metadata, "an object has a `name` or a `generateName`")),
    }
}

/// What the API server asks a webhook.
fn review<'a>(document: Ref<'a>, place: Place, api_version: &str) -> Result<Object<'a>> {
    if api_version != "admission.k8s.io/v1" {
        return Err(wrong(document, "the review has an API version that is not supported")
            .with_help("let the webhook's configuration say `admissionReviewVersions: [v1]`"));
    }
    let request = field(document, "request")?;
    let given = |name: &str| request.get(name).filter(|value| !matches!(value.kind(), Kind::Null));
    let demanded = |name: &str| {
        given(name).ok_or_else(|| missing(request, &format!("the review has no `{name}`")))
    };
    let (object, old_object) = match text(request, "operation")? {
        "CREATE" => (Some(demanded("object")?), None),
        "UPDATE" => (Some(demanded("object")?), Some(demanded("oldObject")?)),
        "DELETE" => (None, Some(demanded("oldObject")?)),
        _ => {
            return Err(wrong(request, "the operation changes no object")
                .with_help("register the webhook for CREATE, UPDATE and DELETE"));
        }
    };
    let asked = field(request, "kind")?;
    let group = optional(asked, "group")?.filter(|group| !group.is_empty());
    let version = text(asked, "version")?;
    let api_version = match group {
        Some(group) => format!("{group}/{version}"),
        None => version.to_owned(),
    };
    let kind = text(asked, "kind")?;
    // The API server converts both to the kind that it asks about. Were they judged as another than they are, rules
    // would look at members that they have not.
    for (member, version) in [("object", object), ("oldObject", old_object)] {
        let Some(version) = version else { continue };
        for (part, asked) in [("apiVersion", api_version.as_str()), ("kind", kind)] {
            if optional(version, part)?.is_some_and(|own| own != asked) {
                let message = format!("the `{member}` has another `{part}` than is asked about");
                return Err(wrong(version, &message)
                    .with_help("hand in the review as the API server sent it"));
            }
        }
    }
    let name = match optional(request, "name")?.filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => {
            let object = object.or(old_object).unwrap_or(request);
            name(field(object, "metadata")?)?
        }
    };
    Ok(Object {
        place,
        api_version,
        kind,
        namespace: optional(request, "namespace")?,
        name,
        object,
        old_object,
    })
}

impl Object<'_> {
    fn address(&self) -> String {
        let Self { api_version, kind, name, .. } = self;
        let namespace = self.namespace.filter(|namespace| !namespace.is_empty());
        let namespace = namespace.map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{api_version}/{kind}/{namespace}{name}")
    }

    /// Writes the object as a host describes a resource.
    fn describe(&self, builder: &mut Builder) -> Result<()> {
        let Self { api_version, kind, .. } = self;
        // Pulumi calls the group without a name so.
        let group = if api_version.contains('/') { "" } else { "core/" };
        let type_name = format!("kubernetes:{group}{api_version}:{kind}");
        let address = self.address();
        builder.begin_map()?;
        for (key, text) in [("type", &type_name), ("address", &address), ("name", &self.name)] {
            builder.key(key)?;
            builder.text(text)?;
        }
        for (key, object) in [("object", self.object), ("oldObject", self.old_object)] {
            if let Some(object) = object {
                builder.key(key)?;
                builder.copy(object)?;
            }
        }
        if type_name == "kubernetes:core/v1:Secret" {
            builder.key("sensitive")?;
            builder.begin_list()?;
            let versions = [self.object, self.old_object];
            for member in ["data", "stringData"] {
                if versions.iter().flatten().any(|object| object.get(member).is_some()) {
                    builder.text(&format!("/{member}"))?;
                }
            }
            builder.end_list()?;
        }
        builder.end_map()
    }
}

fn field<'a>(map: Ref<'a>, name: &str) -> Result<Ref<'a>> {
    match map.get(name) {
        Some(value) if matches!(value.kind(), Kind::Map(_)) => Ok(value),
        Some(value) => Err(wrong(value, &format!("`{name}` is not a map"))),
        None => Err(missing(map, &format!("`{name}` is missing"))),
    }
}

fn text<'a>(map: Ref<'a>, name: &str) -> Result<&'a str> {
    match optional(map, name)? {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(missing(map, &format!("`{name}` is missing"))),
    }
}

fn optional<'a>(map: Ref<'a>, name: &str) -> Result<Option<&'a str>> {
    match map.get(name) {
        None => Ok(None),
        Some(value) if matches!(value.kind(), Kind::Null) => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(wrong(value, &format!("`{name}` is not a text"))),
        },
    }
}

fn wrong(place: Ref<'_>, message: &str) -> Error {
    placed(place, Error::new(Code::InputInvalidValue, message))
}

fn missing(place: Ref<'_>, message: &str) -> Error {
    placed(place, Error::new(Code::InputMissingField, message))
}

fn placed(place: Ref<'_>, error: Error) -> Error {
    match place.position() {
        Some(position) => error.at_position(position),
        None => error,
    }
}

#[cfg(test)]
mod tests;
