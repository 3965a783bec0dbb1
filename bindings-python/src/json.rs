//! Python objects as JSON text: what JSON cannot hold exactly is refused, with its place.

use poundlock::{
    error::{Code, Error},
    limits,
};
use pyo3::{
    exceptions::PyTypeError,
    intern,
    prelude::*,
    sync::PyOnceLock,
    types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType},
};

use crate::{
    error::{attached, exception},
    input::lone_surrogate,
};

/// The JSON text of a dictionary, a data class of this package, another dataclass, or of what these consist of.
pub(crate) fn write(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let python = value.py();
    attached(python, || {
        let mut text = Vec::with_capacity(1024);
        append(value, &mut text, 0).map_err(|refused| match refused.why {
            Why::Library(error) => exception(python, &error.at_pointer(refused.pointer)),
            Why::Python(error) => error,
        })?;
        String::from_utf8(text).map_err(|_| exception(python, &lone_surrogate()))
    })
}

/// Why something has no JSON form, and where it lies.
struct Refused {
    why: Why,
    pointer: String,
}

enum Why {
    Library(Error),
    Python(PyErr),
}

impl Refused {
    fn within(mut self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        self.pointer.insert_str(0, &key);
        self.pointer.insert(0, '/');
        self
    }
}

impl From<PyErr> for Refused {
    fn from(error: PyErr) -> Self {
        Self { why: Why::Python(error), pointer: String::new() }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { why: Why::Library(error), pointer: String::new() }
    }
}

fn append(value: &Bound<'_, PyAny>, text: &mut Vec<u8>, depth: usize) -> Result<(), Refused> {
    if depth > limits::DEPTH {
        let error = Error::new(Code::LimitDepth, "the document is nested too deep");
        return Err(error.into());
    }
    if let Ok(string) = value.cast::<PyString>() {
        append_text(&content(string)?, text);
    } else if value.is_none() {
        text.extend_from_slice(b"null");
    } else if let Ok(truth) = value.cast::<PyBool>() {
        text.extend_from_slice(if truth.is_true() { b"true" } else { b"false" });
    } else if let Ok(integer) = value.cast::<PyInt>() {
        append_integer(integer, text)?;
    } else if let Ok(float) = value.cast::<PyFloat>() {
        append_float(float.value(), text)?;
    } else if let Ok(map) = value.cast::<PyDict>() {
        append_map(map, text, depth)?;
    } else if let Ok(list) = value.cast::<PyList>() {
        append_list(list.iter(), text, depth)?;
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        append_list(tuple.iter(), text, depth)?;
    } else if value.is_instance(document_class(value.py())?)? {
        let written = value.call_method0(intern!(value.py(), "to_json"))?;
        text.extend_from_slice(
            content(written.cast::<PyString>().map_err(PyErr::from)?)?.as_bytes(),
        );
    } else {
        append_dataclass(value, text, depth)?;
    }
    Ok(())
}

fn content(string: &Bound<'_, PyString>) -> Result<String, Refused> {
    string.to_cow().map(Into::into).map_err(|_| lone_surrogate().into())
}

fn append_text(string: &str, text: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(text, string);
}

fn append_integer(integer: &Bound<'_, PyInt>, text: &mut Vec<u8>) -> Result<(), Refused> {
    let written = match (integer.extract::<i64>(), integer.extract::<u64>()) {
        (Ok(signed), _) => signed.to_string(),
        (_, Ok(unsigned)) => unsigned.to_string(),
        _ => return Err(unexact("the integer does not fit 64 bits")),
    };
    text.extend_from_slice(written.as_bytes());
    Ok(())
}

fn append_float(float: f64, text: &mut Vec<u8>) -> Result<(), Refused> {
    if !float.is_finite() {
        return Err(unexact("NaN and infinity have no JSON form"));
    }
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(text, &float);
    Ok(())
}

fn unexact(message: &str) -> Refused {
    Error::new(Code::InputInvalidValue, message).into()
}

fn append_map(map: &Bound<'_, PyDict>, text: &mut Vec<u8>, depth: usize) -> Result<(), Refused> {
    text.push(b'{');
    for (index, (key, value)) in map.iter().enumerate() {
        let Ok(key) = key.cast::<PyString>() else {
            return Err(Error::new(Code::InputInvalidValue, "a key is not a str").into());
        };
        append_member(index, &content(key)?, &value, text, depth)?;
    }
    text.push(b'}');
    Ok(())
}

fn append_member(
    index: usize,
    key: &str,
    value: &Bound<'_, PyAny>,
    text: &mut Vec<u8>,
    depth: usize,
) -> Result<(), Refused> {
    if index > 0 {
        text.push(b',');
    }
    append_text(key, text);
    text.push(b':');
    append(value, text, depth.saturating_add(1)).map_err(|refused| refused.within(key))
}

fn append_list<'py>(
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    text: &mut Vec<u8>,
    depth: usize,
) -> Result<(), Refused> {
    text.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        append(&item, text, depth.saturating_add(1))
            .map_err(|refused| refused.within(&index.to_string()))?;
    }
    text.push(b']');
    Ok(())
}

/// A dataclass of the caller's: the names of its fields are Python's, and their keys are JSON's (`plan_digest` is
/// `planDigest`); a field that is None is absent.
fn append_dataclass(
    value: &Bound<'_, PyAny>,
    text: &mut Vec<u8>,
    depth: usize,
) -> Result<(), Refused> {
    let class = value.get_type();
    if value.is_instance_of::<PyType>()
        || !class.hasattr(intern!(value.py(), "__dataclass_fields__"))?
    {
        let message = format!(
            "a {} has no JSON form: hand in a dict, a dataclass, a document, or text",
            class.name()?
        );
        return Err(PyTypeError::new_err(message).into());
    }
    // What the class alone has, or its constructor, is not among them.
    let fields = value.py().import("dataclasses")?.call_method1("fields", (value,))?;
    text.push(b'{');
    let mut index = 0_usize;
    for field in fields.try_iter()? {
        let name = field?.getattr(intern!(value.py(), "name"))?;
        let name = content(name.cast::<PyString>().map_err(PyErr::from)?)?;
        let member = value.getattr(name.as_str())?;
        if !member.is_none() {
            append_member(index, &camel_case(&name), &member, text, depth)?;
            index = index.saturating_add(1);
        }
    }
    text.push(b'}');
    Ok(())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut key = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        key.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        key.push_str(letters.as_str());
    }
    key
}

fn document_class(python: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = CLASS.get_or_try_init(python, || {
        python.import("poundlock._document")?.getattr("Document").map(Bound::unbind)
    })?;
    Ok(class.bind(python))
}
