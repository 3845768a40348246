//! The rules of the house that a compiler does not know: what each room may name, how long a file may be, how a module
//! opens. See ARCHITECTURE.md; whoever changes a rule there changes it here.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of a file at most: beyond it there are usually two things in it.
const MAX_LINES: usize = 420;

/// The domains in their order: outside `graphql` folders each may name only those before it.
const ORDER: [&str; 20] = [
    "organization",
    "partnership",
    "contact",
    "program",
    "directory",
    "marketplace",
    "cosell",
    "lead",
    "activity",
    "account",
    "sharing",
    "overlap",
    "introduction",
    "lookup",
    "qualification",
    "inbox",
    "trail",
    "import",
    "alert",
    "webhook",
];

/// Rooms that may not name each other although their order would allow it: they stand side by side.
const SIDE_BY_SIDE: [(&str, &str); 3] =
    [("directory", "marketplace"), ("partnership", "program"), ("lookup", "qualification")];

struct Source {
    /// Relative to `api/src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    fn is_domain(&self) -> bool {
        ORDER.contains(&self.room())
    }

    /// The layer by the name of the file or of the folder below the room.
    fn layer(&self) -> &str {
        let second = self.path.split('/').nth(1).unwrap_or_default();
        second.strip_suffix(".rs").unwrap_or(second)
    }

    /// The lines that are code, with their numbers: no comments, and no unit tests, which may use what they like.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files_below(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let folder = root().join("api/src");
    let mut paths = Vec::new();
    files_below(&folder, "rs", &mut paths);
    assert!(paths.len() > 50, "the sources were not found");
    paths
        .into_iter()
        .map(|path| Source {
            path: path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// Fails with every line of code that `forbidden` names a reason for.
fn forbid(forbidden: impl Fn(&Source, &str) -> Option<String>) {
    let mut found = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            if let Some(reason) = forbidden(&source, line) {
                found.push(format!("api/src/{}:{number}: {reason}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn pure_layers_know_no_database_and_no_transport() {
    const PURE: [&str; 4] = ["model", "policy", "error", "event"];
    const FOREIGN: [&str; 3] = ["sea_orm", "async_graphql", "actix"];
    forbid(|source, line| {
        let pure = source.is_domain() && PURE.contains(&source.layer());
        let named = FOREIGN.iter().find(|crate_| line.contains(*crate_));
        named.filter(|_| pure).map(|crate_| format!("{} is pure and may not name {crate_}", source.layer()))
    });
}

#[test]
fn stores_and_services_know_no_graphql_and_no_http() {
    forbid(|source, line| {
        let inner = source.is_domain() && source.layer() != "graphql";
        let named =
            ["async_graphql", "actix", "crate::schema", "crate::http"].iter().find(|name| line.contains(**name));
        // Money knows how many digits a currency has; that rule is written once, with the scalar.
        named.filter(|_| inner).map(|name| format!("only graphql may name {name}"))
    });
}

#[test]
fn graphql_knows_no_sql_and_no_http() {
    forbid(|source, line| {
        let outer = source.is_domain() && source.layer() == "graphql";
        let named = ["sea_orm", "actix", "crate::http"].iter().find(|name| line.contains(**name));
        named.filter(|_| outer).map(|name| format!("graphql may not name {name}"))
    });
}

#[test]
fn only_http_and_wiring_know_actix() {
    forbid(|source, line| {
        let may = ["http", "command"].contains(&source.room()) || source.path == "app.rs";
        (!may && line.contains("actix")).then(|| "only http knows actix".to_owned())
    });
}

#[test]
fn http_knows_no_domain() {
    forbid(|source, line| {
        let named = ORDER.iter().find(|domain| line.contains(&format!("crate::{domain}")));
        named.filter(|_| source.room() == "http").map(|domain| format!("http may not name {domain}"))
    });
}

#[test]
fn domains_name_only_those_before_them() {
    forbid(|source, line| {
        if !source.is_domain() || source.layer() == "graphql" {
            return None;
        }
        let own = ORDER.iter().position(|domain| *domain == source.room())?;
        let named = ORDER.iter().enumerate().find(|(position, domain)| {
            let names = line.contains(&format!("crate::{domain}::")) || line.contains(&format!("crate::{domain}}}"));
            let side =
                SIDE_BY_SIDE.contains(&(source.room(), **domain)) || SIDE_BY_SIDE.contains(&(**domain, source.room()));
            names && (*position > own || side)
        });
        named.map(|(_, domain)| format!("{} may not name {domain}", source.room()))
    });
}

/// All paths below `crate::` that a file's imports name, with nested braces written out, and the paths in its code.
fn named_paths(source: &Source) -> Vec<String> {
    let code: String = source.code().map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ");
    let mut paths = Vec::new();
    for part in code.split("crate::").skip(1) {
        let (mut prefix, mut word) = (Vec::<String>::new(), String::new());
        for character in part.chars() {
            match character {
                '{' => prefix.push(std::mem::take(&mut word)),
                ',' | '}' => {
                    paths.push(prefix.concat() + &std::mem::take(&mut word));
                    if character == '}' {
                        prefix.pop();
                    }
                    if prefix.is_empty() {
                        break;
                    }
                }
                _ if character.is_alphanumeric() || "_:".contains(character) => word.push(character),
                ' ' if !prefix.is_empty() => {}
                _ => break,
            }
        }
        paths.push(word);
    }
    // A path may also begin at a room that an import names: `use crate::organization; organization::store::...`.
    for domain in ORDER {
        if code.contains(&format!(" {domain}::store::")) || code.contains(&format!("({domain}::store::")) {
            paths.push(format!("{domain}::store"));
        }
    }
    paths
}

#[test]
fn a_store_is_read_only_by_its_own_room() {
    let mut found = Vec::new();
    for source in sources() {
        for path in named_paths(&source) {
            let foreign =
                ORDER.iter().find(|domain| **domain != source.room() && path.starts_with(&format!("{domain}::store")));
            if let Some(domain) = foreign {
                found.push(format!("api/src/{}: {path}: the store of {domain} belongs to {domain}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn files_are_short_and_open_with_what_they_are_for() {
    let mut found = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            found.push(format!("api/src/{} has {lines} lines; look for the two things in it", source.path));
        }
        if !source.text.lines().take(8).any(|line| line.starts_with("//!")) {
            found.push(format!("api/src/{} does not open with what it is for", source.path));
        }
        if source.text.contains("#[ignore") || source.text.contains("#[allow") {
            found.push(format!("api/src/{} ignores or allows something", source.path));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn names_say_what_they_are() {
    let mut found = Vec::new();
    for source in sources() {
        for part in source.path.split('/') {
            let name = part.strip_suffix(".rs").unwrap_or(part);
            if ["utils", "util", "common", "helpers", "helper", "manager", "misc"].contains(&name) {
                found.push(format!("api/src/{}: `{name}` says nothing", source.path));
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
