//! Facts for the properties of the logic: of one organisation that could be, so that knowing more contradicts nothing; or
//! of any, with figures that contradict each other.

use modelport::decide::Decision;
use proptest::prelude::*;

use super::world::{World, yaml};

pub const PURPOSES: [&str; 4] = ["commercial", "non-commercial", "internal-business", "research"];
pub const COUNTRIES: [&str; 4] = ["US", "DE", "CN", "SG"];
const KINDS: [&str; 5] = ["company", "natural-person", "nonprofit", "academic", "government"];
const SCOPES: [&str; 4] = ["product", "licensee", "group", "employer"];
/// The largest figure of an organisation; limits of licences are generated up to it as well.
const LARGEST: i64 = 2_000;
/// Most figures that one organisation records: enough for several to one question.
const MOST_FIGURES: usize = 9;

pub fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(list)
}

/// Facts, each of which may be there or not: fields of the Licensee, figures, fields of `usage`, records by their list.
#[derive(Clone, Debug)]
pub struct Known {
    pub kind: &'static str,
    pub licensee: Vec<String>,
    pub figures: Vec<String>,
    pub usage: Vec<String>,
    pub records: Vec<(&'static str, String)>,
}

/// The figures of one organisation at all times, product to employer: a part is never larger than the whole.
type Size = [i64; 4];

fn size() -> impl Strategy<Value = Size> {
    (0..LARGEST, 0..LARGEST, 0..LARGEST, 0..LARGEST).prop_map(|(a, b, c, employer)| {
        let mut parts = [a, b, c];
        parts.sort_unstable();
        [parts[0], parts[1], parts[2], employer]
    })
}

/// A figure as somebody records it: which, of whom, for when, exact or as a bound, of people anywhere or in one country.
fn figure(users: Size, daily: Size, revenue: Size) -> impl Strategy<Value = String> {
    let what = proptest::sample::select(vec![
        ("monthly-active-users", "2026-10", true),
        ("monthly-active-users", "2023-06", true),
        ("monthly-active-users", "2024-12", true),
        ("monthly-active-users", "2023-01/2026-10", false),
        ("monthly-active-users", "2024-01/2026-09", false),
        ("daily-active-users", "now", true),
        ("daily-active-users", "2023-01/2026-10", false),
        ("annual-revenue", "T12M", true),
        ("annual-revenue", "2025", true),
        ("annual-revenue", "2024", true),
        ("annual-revenue", "MAX12M", true),
        ("annual-revenue", "2023-01/2026-10", false),
    ]);
    (what, 0..SCOPES.len(), 0..3_u8, 0..LARGEST, any::<bool>(), 0..4_u8).prop_map(
        move |((name, period, exact), scope, how, slack, abroad, part)| {
            let of = |size: Size| size.get(scope).copied().unwrap_or_default();
            let (n, money) = match name {
                "monthly-active-users" => (of(users), false),
                "daily-active-users" => (of(daily), false),
                _ => (of(revenue), true),
            };
            // People of one country are a part of all.
            let (n, country) = if part == 0 && !money { (n / 2, ", country: \"SG\"") } else { (n, "") };
            let how = match how {
                0 if exact => format!("value: {n}"),
                1 => format!("atLeast: {}", (n - slack).max(0)),
                _ => format!("atMost: {}", n + slack),
            };
            let currency = match (money, abroad) {
                (false, _) => "",
                (true, false) => ", currency: USD",
                (true, true) => ", currency: EUR, rates: [{currency: USD, rate: \"1.0\", asOf: 2026-10-31}]",
            };
            let scope = SCOPES.get(scope).copied().unwrap_or_default();
            format!(
                "{{name: {name}, scope: {scope}, period: \"{period}\", {how}{currency}{country}, asOf: 2026-10-31}}"
            )
        },
    )
}

fn figures(users: Size, daily: Size, revenue: Size) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(figure(users, daily, revenue), 0..MOST_FIGURES)
}

/// Facts of one organisation that could be: leaving some out is knowing less, and nothing else.
pub fn facts() -> impl Strategy<Value = Known> {
    (size(), size(), size()).prop_flat_map(|(users, daily, revenue)| around(figures(users, daily, revenue).boxed()))
}

/// Facts of any organisation: the figures of two, side by side.
pub fn any_facts() -> impl Strategy<Value = Known> {
    ((size(), size(), size()), (size(), size(), size())).prop_flat_map(|(one, other)| {
        let both = (figures(one.0, one.1, one.2), figures(other.0, other.1, other.2));
        around(both.prop_map(|(one, other)| [one, other].concat()).boxed())
    })
}

fn around(figures: BoxedStrategy<Vec<String>>) -> impl Strategy<Value = Known> {
    let yes_no = || one_of(&["Yes", "No"]);
    let licensee = (one_of(&COUNTRIES), one_of(&["[none]", "[cloud-provider]"]), one_of(&["[none]", "[Example]"]))
        .prop_map(|(seat, business, rivals)| {
            vec![format!("seat: {seat}"), format!("businessTypes: {business}"), format!("competesWith: {rivals}")]
        });
    let usage = (
        one_of(&["public", "internal"]),
        yes_no(),
        one_of(&PURPOSES),
        yes_no(),
        one_of(&COUNTRIES),
        one_of(&["[none]", "[content-filter]"]),
        0..99_i64,
    )
        .prop_map(|(audience, hosted, purpose, production, serves, assurances, devices)| {
            vec![
                // Inside the organisation nothing is hosted for others unless said so: the two are one fact.
                format!("audience: {audience}, hostedForThirdParties: {hosted}"),
                format!("purpose: {purpose}"),
                format!("production: {production}"),
                format!("serves: [{serves}]"),
                format!("assurances: {assurances}"),
                format!("edgeDevices: {devices}"),
                "framework: agents".into(),
            ]
        });
    (one_of(&KINDS), licensee, figures, usage).prop_map(|(kind, licensee, figures, usage)| Known {
        kind,
        licensee,
        figures,
        usage,
        records: Vec::new(),
    })
}

/// Records in any list: in force, not yet or no longer, of this licence, of one term of it, or of another.
pub fn records() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let one = (
        one_of(&["accepted", "registered", "separateLicenses", "followsPolicy", "filings", "notApplicable"]),
        one_of(&["example-policy", "a", "b"]),
        one_of(&[
            "{all: Yes}",
            "{licenses: [LicenseRef-one]}",
            "{licenses: [LicenseRef-x]}",
            "{countries: [SG]}",
            "{services: [lab/x]}",
        ]),
        one_of(&[
            "",
            ", rule: LicenseRef-one/term-0",
            ", rule: LicenseRef-one/term-1",
            ", rule: LicenseRef-one/Keep",
            ", rule: cn-genai-filing",
        ]),
        one_of(&[
            "",
            ", who: legal, when: 2026-01-01",
            ", who: legal, when: 2026-01-01, until: 2026-06-01",
            ", who: legal, when: 2027-01-01",
            ", reference: R-1, who: legal",
        ]),
        one_of(&["", ", reason: counsel says so"]),
    );
    let record = one.prop_map(|(list, name, covers, rule, made, reason)| {
        (list, format!("name: {name}, covers: {covers}{rule}{made}{reason}"))
    });
    proptest::collection::vec(record, 0..6)
}

impl Known {
    /// With only the facts whose bit is set.
    pub fn only(&self, bits: u32) -> Self {
        let mut bit = 0;
        let mut keep = |list: &[String]| -> Vec<String> {
            let kept = |_: &&String| {
                bit += 1;
                bits >> (bit - 1) & 1 == 1
            };
            list.iter().filter(kept).cloned().collect()
        };
        let (licensee, figures, usage) = (keep(&self.licensee), keep(&self.figures), keep(&self.usage));
        Self { licensee, figures, usage, ..self.clone() }
    }

    /// The records whose bit is set.
    pub fn kept(&self, bits: u32) -> Vec<(&'static str, String)> {
        self.records.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, record)| record.clone()).collect()
    }

    pub fn reversed(&self) -> Self {
        let back = |list: &[String]| list.iter().rev().cloned().collect();
        let records = self.records.iter().rev().cloned().collect();
        Self { licensee: back(&self.licensee), figures: back(&self.figures), records, ..self.clone() }
    }

    pub fn decide(&self, licenses: &[(&str, String)]) -> Decision {
        let mut world = World::at("2026-11-20");
        for (name, text) in licenses {
            world.license(name, text);
        }
        let mut fields = vec![format!("kind: {}", self.kind)];
        fields.extend(self.licensee.iter().cloned());
        for list in ["accepted", "registered", "separateLicenses", "followsPolicy", "filings", "notApplicable"] {
            let of: Vec<String> =
                self.records.iter().filter(|(of, _)| *of == list).map(|(_, text)| format!("{{{text}}}")).collect();
            if !of.is_empty() {
                fields.push(format!("{list}: [{}]", of.join(", ")));
            }
        }
        let fields = fields.join(", ");
        world.licensee("acme", &format!("{{namespaces: [lab], {fields}, metrics: [{}]}}", self.figures.join(", ")));
        world.decide(
            "lab/x",
            &yaml(&format!("{{model: {{source: \"hf://example/model\"}}, usage: {{{}}}}}", self.usage.join(", "))),
        )
    }
}
