//! The figures as a table in Markdown: the goal, ours, the peers', the ratio, and whether the goal is met.

use super::{
    Arguments, Own, Side,
    log::{Spread, milliseconds},
    rights::Ends,
    side::{Fan, Step},
};
use std::fmt::Write;

struct Row {
    goal: &'static str,
    what: String,
    ours: String,
    node: String,
    bare: String,
    ratio: String,
    met: Option<bool>,
}

/// A row of the product alone.
fn alone(goal: &'static str, what: String, ours: String, met: Option<bool>) -> Row {
    let none = || "-".to_owned();
    Row { goal, what, ours, node: none(), bare: none(), ratio: none(), met }
}

/// All rows, and under them the notes that explain figures.
pub(super) fn render(
    arguments: &Arguments,
    ours: &Side,
    own: &Own,
    node: Option<&Side>,
    bare: Option<&Side>,
) -> String {
    let mut rows = Vec::new();
    tenants(arguments, ours, own, node, bare, &mut rows);
    crowd(ours, node, bare, &mut rows);
    memory(arguments, ours, own, node, bare, &mut rows);
    let mut notes = Vec::new();
    storms(ours, own, node, bare, &mut rows, &mut notes);
    faults(own, &mut rows);
    let mut text = format!(
        "{} sockets of one organization, {} tenants x {}, {} s a rate, the measured process on {}\n\n\
         | goal | what | partnergraph | Node | write loop | ratio | met |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        arguments.sockets,
        arguments.tenants,
        arguments.each,
        arguments.seconds,
        arguments.core.map_or("any core".to_owned(), |core| format!("core {core} alone")),
    );
    for Row { goal, what, ours, node, bare, ratio, met } in rows {
        let met = met.map_or("-", |met| if met { "yes" } else { "NO" });
        _ = writeln!(text, "| {goal} | {what} | {ours} | {node} | {bare} | {ratio} | {met} |");
    }
    for note in notes {
        _ = write!(text, "\n{note}");
    }
    text
}

fn tenants(
    arguments: &Arguments,
    ours: &Side,
    own: &Own,
    node: Option<&Side>,
    bare: Option<&Side>,
    rows: &mut Vec<Row>,
) {
    let good = |spread: &Spread| spread.p50 <= 2_000 && spread.p99 <= 10_000;
    let cell = |step: &Step| format!("{} at {:.0}/s, {:.1} us", step.spread.cell(), step.rate, step.cpu);
    if let Some(step) = &own.changes {
        let what = "commit to socket p50 / p99, mutations as they come, deliveries/s, CPU".to_owned();
        rows.push(alone("3", what, cell(step), Some(good(&step.spread))));
    }
    if let Some(step) = &ours.tenants {
        let of = |side: Option<&Side>| side.and_then(|side| side.tenants.as_ref()).map_or("-".to_owned(), cell);
        rows.push(Row {
            goal: "3",
            what: format!("the same, alerts written straight, {} a second wanted", arguments.rate),
            ours: cell(step),
            node: of(node),
            bare: of(bare),
            ratio: "-".to_owned(),
            met: Some(good(&step.spread) && step.rate * 1.05 >= arguments.rate * arguments.each as f64),
        });
    }
}

fn crowd(ours: &Side, node: Option<&Side>, bare: Option<&Side>, rows: &mut Vec<Row>) {
    for place in 0..ours.crowd.fans.len().max(bare.map_or(0, |bare| bare.crowd.fans.len())) {
        let own = fan(Some(ours), place);
        let sockets = own.or(fan(bare, place)).map_or(0, |fan| fan.sockets);
        let cell = |fan: Option<&Fan>| {
            fan.map_or("-".to_owned(), |fan| format!("{}, last {} ms", fan.spread.cell(), milliseconds(fan.last.p50)))
        };
        let ratio = |other: Option<&Fan>| match (own, other) {
            (Some(own), Some(other)) => times(own.spread.p99 as f64, other.spread.p99 as f64),
            _ => "-".to_owned(),
        };
        rows.push(Row {
            goal: "4",
            what: format!("one alert to {sockets} sockets, p50 / p99"),
            ours: cell(own),
            node: cell(fan(node, place)),
            bare: cell(fan(bare, place)),
            ratio: format!("{} of Node, {} of the loop", ratio(fan(node, place)), ratio(fan(bare, place))),
            met: own.filter(|own| own.sockets >= 10_000).map(|own| own.spread.p99 <= 100_000),
        });
        let cell = |fan: Option<&Fan>| fan.map_or("-".to_owned(), |fan| format!("{:.1} us", fan.cpu));
        let of = |other: Option<&Fan>| Some(own?.cpu / other?.cpu);
        let (of_node, of_bare) = (of(fan(node, place)), of(fan(bare, place)));
        rows.push(Row {
            goal: "5",
            what: format!("CPU a delivery, {sockets} sockets"),
            ours: cell(own),
            node: cell(fan(node, place)),
            bare: cell(fan(bare, place)),
            ratio: format!("{} of Node, {} of the loop", shown(of_node), shown(of_bare)),
            met: own.map(|_| of_bare.is_some_and(|of| of <= 1.25) && of_node.is_none_or(|of| of <= 1.0 / 6.0)),
        });
    }
    let cell = |step: Option<&Step>| {
        step.map_or("none in 250 ms".to_owned(), |step| {
            let per_core = step.rate / step.load.max(0.01);
            format!("{:.0}/s (p99 {} ms, {per_core:.0}/s a core)", step.rate, milliseconds(step.spread.p99))
        })
    };
    let own = best(Some(ours));
    let of = |other: Option<&Step>| Some(own?.rate / other?.rate);
    rows.push(Row {
        goal: "6",
        what: "most deliveries/s with p99 within 250 ms, all sockets".to_owned(),
        ours: cell(own),
        node: node.map_or("-".to_owned(), |node| cell(node.crowd.best.as_ref())),
        bare: cell(best(bare)),
        ratio: format!("{} of Node, {} of the loop", shown(of(best(node))), shown(of(best(bare)))),
        met: Some(own.is_some_and(|step| step.rate / step.load.max(0.01) >= 100_000.0 && step.spread.p99 <= 250_000)),
    });
}

fn memory(
    arguments: &Arguments,
    ours: &Side,
    own: &Own,
    node: Option<&Side>,
    bare: Option<&Side>,
    rows: &mut Vec<Row>,
) {
    if arguments.sockets > arguments.few {
        let cell = |memory: f64| format!("{memory:.1} KiB");
        let (memory, of_node) = (ours.crowd.memory, node.map(|node| ours.crowd.memory / node.crowd.memory));
        rows.push(Row {
            goal: "7",
            what: "memory of the process a socket, one feed".to_owned(),
            ours: cell(memory),
            node: node.map_or("-".to_owned(), |node| cell(node.crowd.memory)),
            bare: bare.map_or("-".to_owned(), |bare| cell(bare.crowd.memory)),
            ratio: format!("{} of Node", shown(of_node)),
            met: Some(memory <= 4.0),
        });
    }
    let what = format!("the same, {} feeds; 0 where it fits into what is free", arguments.tenants);
    rows.push(alone("7", what, format!("{:.1} KiB", own.tenants_memory), None));
}

fn storms(
    ours: &Side,
    own: &Own,
    node: Option<&Side>,
    bare: Option<&Side>,
    rows: &mut Vec<Row>,
    notes: &mut Vec<String>,
) {
    let cell = |side: &Side| {
        let (opened, handshake) = (side.crowd.opened.as_secs_f64(), side.crowd.handshake.p99);
        format!("{opened:.1} s, p99 {} ms", milliseconds(handshake))
    };
    rows.push(Row {
        goal: "8",
        what: "the sockets of goal 7 opened, 64 handshakes at once".to_owned(),
        ours: cell(ours),
        node: node.map_or("-".to_owned(), cell),
        bare: bare.map_or("-".to_owned(), cell),
        ratio: "-".to_owned(),
        met: None,
    });
    for storm in &own.storms {
        let handshake = storm.handshake.p99;
        let (sockets, whose) = (storm.sockets, storm.whose);
        let how = if storm.patiently { "reset at once, back as graphql-ws comes" } else { "reset and back at once" };
        rows.push(alone(
            "8",
            format!("{sockets} sockets of {whose} {how}: all resumed, handshake p50 / p99"),
            format!("{:.1} s, {}", storm.resumed as f64 / 1e6, storm.handshake.cell()),
            Some(storm.resumed <= 5_000_000 && (handshake <= 250_000 || !storm.patiently)),
        ));
        let of_each = storm.statements as f64 / storm.feeds as f64;
        rows.push(alone(
            "8",
            format!("statements meanwhile, {whose}"),
            format!("{}, {of_each:.1} a tenant", storm.statements),
            Some(of_each <= 1.0),
        ));
        notes.push(format!("Statements while {sockets} sockets of {whose} were {how}, most often:\n"));
        for (text, calls) in &storm.most {
            let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(150).collect();
            notes.push(format!("- {calls}: `{text}`\n"));
        }
    }
}

fn faults(own: &Own, rows: &mut Vec<Row>) {
    if let Some(hints) = &own.hints {
        let what = |what: &str| format!("{what}, commit to socket p50 / p99");
        rows.push(alone("9", what("with Redis"), hints.before.cell(), None));
        let met = hints.away.p99 <= 500_000 && hints.closes == 0;
        let away = format!("{}, {} closed", hints.away.cell(), hints.closes);
        rows.push(alone("9", what("without Redis"), away, Some(met)));
        // The same but for noise.
        let met = hints.back.p99 <= hints.before.p99 * 3 / 2 + 2_000;
        rows.push(alone("9", what("a second after it is back"), hints.back.cell(), Some(met)));
    }
    if let Some(stalled) = &own.stalled {
        let what =
            format!("{} of {} sockets stalled: memory of the server, of the system", stalled.stalled, stalled.sockets);
        let ours = format!("{:.0} KiB, at most {:.0} KiB unsent", stalled.server, stalled.kernel);
        rows.push(alone("10", what, ours, Some(stalled.server + stalled.kernel <= 256.0)));
        let ratio = stalled.meanwhile.p99 as f64 / stalled.before.p99.max(1) as f64;
        let ours = format!("{}, before {} ({ratio:.2}x)", stalled.meanwhile.cell(), stalled.before.cell());
        rows.push(alone("10", "the others' p50 / p99".to_owned(), ours, Some(ratio <= 1.2)));
        let ours = format!("{} of {}", stalled.closed, stalled.stalled);
        let met = Some(stalled.closed == stalled.stalled);
        rows.push(alone("10", "closed with 1013, and resumed whole".to_owned(), ours, met));
    }
    let mut ends = |what: &str, ends: &Option<Ends>, bound: i64| {
        let Some(ends) = ends else { return };
        let (most, last) = (milliseconds(ends.delay.most), milliseconds(ends.last));
        let ours = format!("{} of {} with 4403, at most {most} ms, last alert {last} ms", ends.closed, ends.sockets);
        let met = ends.closed == ends.sockets && ends.delay.most <= bound && ends.last <= bound;
        rows.push(alone("11", what.to_owned(), ours, Some(met)));
    };
    ends("a token that ends", &own.expired, 1_000_000);
    ends("a member who is removed", &own.removed, 2_000_000);
    if let Some(soak) = &own.soak {
        let growth = soak.end / soak.begin.max(1.0) - 1.0;
        let what = format!("memory over {} s with {} resets", soak.seconds, soak.resets);
        let ours = format!("{:.0} to {:.0} MiB, {:+.1} %", soak.begin / 1024.0, soak.end / 1024.0, growth * 100.0);
        rows.push(alone("12", what, ours, Some(growth <= 0.05)));
    }
    let [connections, groups, feeds] = own.left_over;
    let ours = format!("{connections:.0}, {groups:.0}, {feeds:.0}");
    let what = "connections, groups and feeds left over".to_owned();
    rows.push(alone("12", what, ours, Some(connections + groups + feeds == 0.0)));
}

fn fan(side: Option<&Side>, place: usize) -> Option<&Fan> {
    side.and_then(|side| side.crowd.fans.get(place))
}

fn best(side: Option<&Side>) -> Option<&Step> {
    side.and_then(|side| side.crowd.best.as_ref())
}

fn times(own: f64, other: f64) -> String {
    shown((other > 0.0).then_some(own / other))
}

fn shown(ratio: Option<f64>) -> String {
    ratio.map_or("-".to_owned(), |ratio| if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") })
}
