//! Tests of the page.

use super::super::sample;
use super::*;

fn html(result: &RunResult) -> String {
    String::from_utf8(write(result).expect("written")).expect("UTF-8")
}

/// The page without its style and script, which are the same for every result.
fn text(result: &RunResult) -> String {
    html(result).replace(STYLE, "…").replace(SCRIPT, "…")
}

/// What a browser shows: no tags, entities resolved, blanks made one.
fn shown(html: &str) -> String {
    let body = html.split_once("<body>").map_or(html, |(_, body)| body);
    let tags = regex::Regex::new(r"<[^>]*>").expect("a regex");
    let bare = tags.replace_all(body, " ");
    let bare = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    bare.replace("&#x2f;", "/").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn looks_like_this() {
    insta::assert_snapshot!(text(&sample::small()));
}

#[test]
fn every_verdict_reads_like_this() {
    insta::assert_snapshot!(shown(&text(&sample::every_verdict())).replace(". ", ".\n"));
}

#[test]
fn an_empty_run_reads_like_this() {
    insta::assert_snapshot!(shown(&text(&sample::empty())).replace(". ", ".\n"));
}

#[test]
fn nothing_is_fetched_and_nothing_claims_an_authority() {
    for page in [html(&of_run(sample::every_member())), html(&sample::every_member())] {
        of_itself(&page);
    }
}

fn of_itself(page: &str) {
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"));
    for outside in [" src=", "@import", "url(", "<link", "<iframe", "<form", "fetch(", "href=\"http", "onclick"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for word in ["certified", "certificate", "official"] {
        assert!(!page.to_lowercase().contains(word), "{word}");
    }
    assert!(page.contains("Not issued or endorsed by DCI."));
}

#[test]
fn hostile_text_stays_text_and_the_page_small() {
    for page in [html(&of_run(sample::hostile())), html(&sample::hostile())] {
        harmless(&page);
    }
}

/// The same result without files: the page of a run.
fn of_run(mut result: RunResult) -> RunResult {
    result.checked = None;
    result
}

fn harmless(page: &str) {
    assert_eq!(page.matches("<script").count(), page.matches(SCRIPT).count(), "only our own");
    assert!(page.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
    assert!(!page.contains('\u{202e}') && page.contains("\\u202e"));
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn the_place_of_a_failure_is_marked() {
    let page = html(&sample::every_verdict());
    assert!(page.contains("<mark>    &quot;transaction_id&quot;: &quot;other&quot;\n</mark>"), "the value itself");
    assert!(page.contains("absent_member is missing"), "what should hold a missing member");
    assert_eq!(page.matches("<mark>").count(), 2);
}

#[test]
fn every_link_leads_somewhere() {
    let ids_of = regex::Regex::new(r#" id="([^"]+)""#).expect("a regex");
    let links_of = regex::Regex::new(r##"href="#([^"]+)""##).expect("a regex");
    for result in [sample::every_verdict(), sample::large(), sample::hostile(), sample::empty()] {
        let page = html(&result);
        let ids: Vec<&str> = ids_of.captures_iter(&page).filter_map(|c| c.get(1)).map(|m| m.as_str()).collect();
        let unique: std::collections::HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "ids are unique");
        for link in links_of.captures_iter(&page) {
            assert!(unique.contains(&link[1]), "{}", &link[1]);
        }
    }
}

#[test]
fn a_large_run_stays_under_five_megabytes_and_says_what_is_missing() {
    let page = html(&sample::large());
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.len() > 3_000_000, "{} bytes: the space is used", page.len());
    assert!(page.contains("To keep this page small"));
    assert_eq!(page.matches("<details class=\"exchange\"").count(), sample::large().evidence.len(), "none is lost");
    let failing = sample::large().tests.iter().filter(|test| test.verdict == Verdict::Fail).count();
    assert_eq!(page.matches("<details class=\"test fail\"").count(), failing);
}

#[test]
fn the_scheme_owner_is_named_only_when_there_is_one() {
    assert!(!html(&sample::small()).contains("Scheme owner"));
    assert!(html(&of_run(sample::every_member())).contains("Authority of Example"));
    assert!(html(&sample::every_member()).contains("Authority of Example"));
}

#[test]
fn the_same_result_gives_the_same_page() {
    assert_eq!(html(&sample::every_verdict()), html(&sample::every_verdict()));
}

#[test]
fn nothing_was_left_out_is_said_only_when_it_is_so() {
    let claim = "Nothing of the profile was left out.";
    for result in [sample::empty(), sample::every_verdict(), sample::large()] {
        assert!(!html(&result).contains(claim));
    }
    assert!(html(&sample::small()).contains(claim));
}

#[test]
fn what_was_not_shown_is_listed_with_the_reason() {
    let mut result = sample::every_verdict();
    for row in &mut result.requirements {
        row.verdict = RequirementVerdict::NotShown;
        row.not_covered = None;
    }
    result.requirements[0].not_covered = Some("nobody can see it".into());
    let page = html(&result);
    assert!(page.contains("<a href=\"#not-shown\">Which, and why.</a>"), "page one leads to the list");
    let list = page.split("id=\"not-shown\"").nth(1).and_then(|rest| rest.split("</ul>").next()).expect("the list");
    assert_eq!(list.matches("<li>").count(), result.requirements.len());
    assert_eq!(list.matches("no test can show it: nobody can see it").count(), 1);
    assert!(list.contains("none of its tests could tell"));
    assert!(!html(&sample::small()).contains("not-shown\""), "and nothing where all was shown");
}

#[test]
fn a_check_of_files_reads_like_this() {
    insta::assert_snapshot!(shown(&text(&sample::every_member())).replace(". ", ".\n"));
}

/// The command of the whole run is that of its tests, without the choice of one.
#[test]
fn the_whole_run_can_be_repeated_as_it_was() {
    let mut result = sample::small();
    result.tests[0].reproduce = "dci-conform demo --fault x --seed 1 --test 'RG-A-01'".into();
    assert!(
        html(&result).contains("To repeat it: <code class=\"command\"><bdi>dci-conform demo --fault x --seed 1</bdi>")
    );
    // A run of some tests is repeated as one of these.
    result.repeat = "dci-conform demo --seed 1 --test RG-*".into();
    assert!(html(&result).contains("<bdi>dci-conform demo --seed 1 --test RG-*</bdi>"));
}
