//! What a rule looks for: where it is not there the rule may be broken, or hold, for that reason alone.

use super::{Amount, Condition, Kind, Operand, Path, Rule, Test};

impl Rule {
    /// The paths from its object, or from what is inside it, whose absence may break it, as names of properties.
    pub(crate) fn asks_for(&self) -> Vec<Vec<&str>> {
        let mut all: Vec<&Path> = match &self.kind {
            Kind::Together(paths) | Kind::AnyOf(paths) => paths.iter().collect(),
            Kind::Implies(then) => then.iter().filter(|then| !matches!(then.test, Test::Absent)).map(path).collect(),
            Kind::Order { first: one, then: other, .. } | Kind::Span { from: one, to: other, .. } => {
                [one, other].into_iter().flat_map(utmost).collect()
            }
            Kind::Number { value, bounds } => {
                [value].into_iter().chain(bounds.iter().map(|(_, bound)| bound)).filter_map(counted).collect()
            }
            Kind::Member { among, .. } => among.iter().collect(),
            Kind::Twin { among, .. } => vec![among],
            Kind::Agree(_) | Kind::Differ { .. } | Kind::Unique { .. } | Kind::Box { .. } => Vec::new(),
            Kind::Type | Kind::CodeTable { .. } => Vec::new(),
        };
        // A rule may be due only because of what is not there.
        all.extend(self.when.iter().filter(|when| matches!(when.test, Test::Absent | Test::NoneOf(_))).map(path));
        all.into_iter().flat_map(|path| self.ways(path)).collect()
    }

    /// The names of a path; of one from an entry those from the object as well.
    fn ways<'r>(&'r self, path: &'r Path) -> Vec<Vec<&'r str>> {
        let names = |path: &'r Path| path.steps.iter().map(|step| step.name.as_str());
        let own = names(path).collect();
        let each = self.each.as_ref().filter(|_| path.from_entry);
        let whole = each.map(|each| names(each).chain(names(path)).collect());
        [own].into_iter().chain(whole).collect()
    }
}

fn path(condition: &Condition) -> &Path {
    &condition.path
}

/// The paths of dates or numbers of which only the first or the last counts.
fn utmost(operand: &Operand) -> &[Path] {
    match operand {
        Operand::Earliest(paths) | Operand::Latest(paths) => paths,
        Operand::Today | Operand::Every(_) => &[],
    }
}

/// The path of a list whose entries are counted.
fn counted(amount: &Amount) -> Option<&Path> {
    match amount {
        Amount::Entries(path) => Some(path),
        Amount::Is(_) | Amount::Of(_) | Amount::Money(_) => None,
    }
}
