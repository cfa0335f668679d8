//! Every link of a page leads somewhere, and what the README quotes of the demo stands in its transcript.

use std::{collections::BTreeSet, fs, path::Path};

use crate::gather::{pages, root};

/// Lines of a page that are no code, each with its number.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut code = false;
    let outside = |(_, line): &(usize, &str)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    };
    text.lines().enumerate().filter(outside).collect()
}

/// The anchors of a page, as GitHub makes them of its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let again = (1..).map(|n| format!("{anchor}-{n}"));
        let free = std::iter::once(anchor.clone()).chain(again).find(|one| !all.contains(one));
        all.extend(free);
    }
    all
}

/// Where the links of a line lead.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

fn fault(page: &Path, link: &str) -> Option<String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let there = if path.is_empty() { page.to_owned() } else { page.parent()?.join(path) };
    if !there.exists() {
        return Some(format!("there is no {path}"));
    }
    let known = || anchors(&fs::read_to_string(&there).unwrap_or_default());
    (!anchor.is_empty() && !known().contains(anchor)).then(|| format!("{path} has no heading for #{anchor}"))
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for page in pages().into_iter().chain([root().join("docs/demo.md")]) {
        let text = fs::read_to_string(&page).expect("the page can be read");
        for (number, line) in prose(&text) {
            for link in links(line).filter(|link| !link.contains("://")) {
                seen += 1;
                let why = fault(&page, link);
                wrong.extend(why.map(|why| format!("{}:{}: {link}: {why}", page.display(), number + 1)));
            }
        }
    }
    assert!(seen > 20, "only {seen} links were found: the search is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found_out() {
    let page = root().join("docs/install.md");
    assert!(fault(&page, "nowhere.md").is_some() && fault(&page, "#node-pools-at-rest").is_some());
    assert!(fault(&page, "waivers.md#what-it-does").is_none() && fault(&page, "#rights").is_none());
}

#[test]
fn what_the_readme_quotes_of_the_demo_stands_in_its_transcript() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README can be read");
    let demo = fs::read_to_string(root().join("docs/demo.md")).expect("the transcript can be read");
    let steps: Vec<&str> = demo.split("\n## ").filter(|step| step.starts_with(|c: char| c.is_ascii_digit())).collect();
    let table = readme.split("\n| step | prints |\n").nth(1).expect("the README has the table of the story");
    let rows: Vec<&str> = table.lines().skip(1).take_while(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), steps.len(), "a row a step");
    for (row, step) in rows.into_iter().zip(steps) {
        let (title, quoted) = row[2..].split_once(" | `").expect("a title and a quotation");
        let quoted = quoted.strip_suffix("` |").expect("a quotation ends");
        assert!(step.starts_with(&format!("{title}\n")), "the step is not called {title}");
        assert!(step.lines().any(|line| line.contains(quoted)), "step {title} did not print: {quoted}");
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let refusal = readme.split("## How a refusal looks\n\n```\n").nth(1).and_then(|rest| rest.split("\n```").next());
    assert!(
        words(&demo).contains(&words(refusal.expect("the README shows a refusal"))),
        "nobody was refused like that"
    );
}
