//! What editions that add to the standard say of the records of a class.

use super::Standard;
use super::objects::{Class, Domain, Property, Shape};

impl Standard {
    /// True where an edition that adds to the standard says something of records of a class, or of what stands in them.
    pub fn adds_to(&self, class: &str) -> bool {
        let Some((domain, class)) = self.data.class(class) else { return false };
        let mut all: Vec<&Class> = vec![class];
        let mut next = 0;
        while let Some(class) = all.get(next).copied() {
            if self.is_spoken_of(class) {
                return true;
            }
            for below in class.properties.iter().flat_map(|property| classes(domain, property)) {
                if !all.iter().any(|known| known.name == below.name) {
                    all.push(below);
                }
            }
            next += 1;
        }
        false
    }

    fn is_spoken_of(&self, class: &Class) -> bool {
        let changed = |list: &String| self.data.codes.get(list).is_some_and(|list| list.source.is_some());
        let codes = |property: &Property| match &property.shape {
            Shape::Codes(list) => changed(list) || property.or_codes.as_ref().is_some_and(changed),
            Shape::Any | Shape::Is(_) => false,
        };
        let member = |property: &Property| {
            let said = [&property.demanded_by, &property.source, &property.counted_by];
            property.added || said.into_iter().any(Option::is_some) || codes(property)
        };
        let applied = &class.applied;
        class.added
            || class.properties.iter().any(member)
            || applied.record.iter().any(|rule| rule.source.is_some())
            || applied.file.iter().any(|rule| rule.added)
            || applied.targets.iter().any(|(rule, _)| rule.added)
    }
}

/// The classes of what stands under a property.
fn classes<'d>(domain: &'d Domain, property: &Property) -> Vec<&'d Class> {
    let Shape::Is(names) = &property.shape else { return Vec::new() };
    names.iter().filter_map(|name| domain.classes.get(name)).collect()
}
