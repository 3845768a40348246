//! Writing to whoever started the command. A reader who has gone (`partnergraph schema | head`) is no error.

use std::io::{self, Write};

/// A line, or several, of what was asked for: to the standard output.
pub(super) fn say(text: &str) {
    write(io::stdout().lock(), text);
}

/// A line, or several, about what happens: to the standard error.
pub(super) fn note(text: &str) {
    write(io::stderr().lock(), text);
}

fn write(mut to: impl Write, text: &str) {
    // There is nobody left who could be told.
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}
