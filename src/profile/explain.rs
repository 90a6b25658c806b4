//! One id explained: a requirement, a test, or an erratum.

use super::ast::Profile;
use super::coverage::coverage;
use super::doc;
use crate::model::verdict::Level;
use std::fmt::Write;

/// What an id stands for, in words; `None` for an id the profile does not know. Errata are looked up by the caller, who
/// has the standard.
pub fn explain(profile: &Profile, erratum: &dyn Fn(&str) -> Option<String>, id: &str) -> Option<String> {
    requirement(profile, erratum, id).or_else(|| test(profile, id)).or_else(|| {
        let mut text = erratum(id)?;
        let touched: Vec<&str> = profile
            .requirements
            .iter()
            .filter(|requirement| requirement.errata.iter().chain(&requirement.source).any(|known| known == id))
            .map(|requirement| requirement.id.as_str())
            .collect();
        if !touched.is_empty() {
            let _ = write!(text, "\n\nTouches: {}", touched.join(", "));
        }
        Some(text)
    })
}

/// The ids `explain` knows without errata, for suggestions.
pub fn ids(profile: &Profile) -> Vec<&str> {
    let requirements = profile.requirements.iter().map(|requirement| requirement.id.as_str());
    requirements.chain(profile.tests.iter().map(|test| test.id.as_str())).collect()
}

fn requirement(profile: &Profile, erratum: &dyn Fn(&str) -> Option<String>, id: &str) -> Option<String> {
    let requirement = profile.requirements.iter().find(|requirement| requirement.id == id)?;
    let level = match requirement.level {
        Level::Must => "must",
        Level::Should => "should",
    };
    let force = match requirement.force.letter() {
        "N" => "N: stated by the standard",
        "D" => "D: what the operation is described to do",
        _ => "I: inferred by us, sound practice",
    };
    let mut text = format!("{id}: {}\n\n", requirement.text);
    let _ =
        writeln!(text, "Level: {level}; force {force}; {}.", doc::consequence(requirement.force, requirement.level));
    let _ = writeln!(text, "Standard: {}. Source: {}.", requirement.standard, requirement.source.join(", "));
    let rows = coverage(profile).rows;
    let row = rows.iter().find(|row| row.id == id);
    match (row.map(|row| row.tests.as_slice()).unwrap_or_default(), &requirement.not_covered) {
        ([], Some(reason)) => {
            let _ = writeln!(text, "No test shows it: {reason}");
        }
        ([], None) => text.push_str("No test shows it yet.\n"),
        (tests, _) => {
            text.push_str("Shown by:\n");
            for test in profile.tests.iter().filter(|test| tests.contains(&test.id)) {
                let _ = writeln!(text, "  {}: {}", test.id, test.title);
            }
        }
    }
    for id in &requirement.errata {
        let _ = writeln!(text, "\n{}", erratum(id).unwrap_or_else(|| id.clone()));
    }
    Some(text)
}

fn test(profile: &Profile, id: &str) -> Option<String> {
    let bare = id.split('/').next().unwrap_or(id);
    let test = profile.tests.iter().find(|test| test.id == bare)?;
    let mut text = String::new();
    doc::write_test(test, &mut text);
    for id in &test.proves {
        if let Some(requirement) = profile.requirements.iter().find(|requirement| requirement.id == *id) {
            let consequence = doc::consequence(requirement.force, requirement.level);
            let _ = writeln!(text, "{id}: {} ({consequence})", requirement.text);
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::sample;

    #[test]
    fn explains_requirements_tests_and_errata() {
        let profile = sample::profile().profile;
        let erratum = |id: &str| (id == "ET-26").then(|| "ET-26: two readings of an address".to_owned());
        let found = |id: &str| explain(&profile, &erratum, id);
        let requirement = found("LP-ONE-01").unwrap();
        for part in ["A ping is answered.", "a miss fails the product", "LP-PING-02: A bad ping", "ET-26: two readings"]
        {
            assert!(requirement.contains(part), "{part} in {requirement}");
        }
        assert!(found("LP-ONE-04").unwrap().contains("beauty cannot be measured"));
        assert!(found("LP-PING-02/missing").unwrap().contains("A ping is answered. (a miss fails the product)"));
        assert!(found("ET-26").unwrap().contains("Touches: LP-ONE-01"));
        assert_eq!(found("LP-NONE-01"), None);
        assert!(ids(&profile).contains(&"LP-REVIEW-01"));
    }
}
