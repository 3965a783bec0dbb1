//! The committed header is what cbindgen makes of the source.

use std::{env, fmt::Write as _, fs, path::Path};

use poundlock::error::Code;

#[test]
fn the_header_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    config.after_includes = Some(versions() + &statuses());
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_src(root.join("src/lib.rs"))
        .with_config(config)
        .generate()
        .unwrap()
        .write(&mut made);
    let made = String::from_utf8(made).unwrap();

    let path = root.join("include/poundlock.h");
    if env::var_os("POUNDLOCK_UPDATE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "run the test with POUNDLOCK_UPDATE=1 and commit the new header");
}

/// What cbindgen cannot know: the version of the package.
fn versions() -> String {
    let [major, minor, patch] = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    ];
    let text = env!("CARGO_PKG_VERSION");
    format!(
        "
/**
 * The version of the library that this header belongs to.
 */
#define POUNDLOCK_VERSION \"{text}\"
#define POUNDLOCK_VERSION_MAJOR {major}
#define POUNDLOCK_VERSION_MINOR {minor}
#define POUNDLOCK_VERSION_PATCH {patch}
"
    )
}

/// The table of error codes, whose other faces are texts.
fn statuses() -> String {
    let mut text = "
/**
 * The status of a call: success, or the number of an error's code. Names and numbers never change
 * their meaning; a later version of the library may return others.
 */
typedef enum poundlock_status {
  /** The call did what it should. */
  POUNDLOCK_OK = 0,"
        .to_owned();
    for code in Code::ALL {
        let name = code.name().replace('.', "_").to_uppercase();
        let meaning = code.meaning();
        write!(text, "\n  /** {meaning} */\n  POUNDLOCK_{name} = {},", *code as i32).unwrap();
    }
    text + "\n} poundlock_status;"
}
