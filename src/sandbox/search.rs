//! Search: criteria to records, item by item, with sort and pages.

use super::State;
use super::attributes::{Attribute, Operand};
use super::data::{Entity, Registry};
use super::envelope::{Performed, now};
use super::faults::{Fault, FaultSet};
use super::query;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::atomic;

const DEFAULT_PAGE_SIZE: i64 = 20;
const LARGEST_PAGE: i64 = 100;

/// Why an item is refused: the code of the standard and words.
type Refused = (&'static str, String);

/// Answers every item of a search request. `lenient` tells that a breach of the schema was overlooked on purpose.
pub(crate) fn perform(state: &State, request: &Value, correlation_id: &str, lenient: bool) -> Performed {
    let registry = state.registry();
    let items = request["message"]["search_request"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut responses = Vec::new();
    let mut refused = 0;
    for item in items {
        let fresh = seen.insert(item["reference_id"].as_str().unwrap_or_default());
        let criteria = match (state.faults.has(Fault::BatchAnswersFirstQuery), items.first()) {
            (true, Some(first)) => &first["search_criteria"],
            _ => &item["search_criteria"],
        };
        let result = if !fresh && !state.faults.has(Fault::DuplicateReferenceAccepted) {
            Err(("rjct.reference_id.duplicate", "another item of the message has this reference_id".to_string()))
        } else {
            check_time(item).and_then(|()| find(state, &registry, criteria))
        };
        let mut response =
            json!({"reference_id": item["reference_id"].as_str().unwrap_or_default(), "timestamp": now()});
        match result {
            Ok((data, pagination)) => {
                response["status"] = json!("succ");
                response["data"] = data;
                if !state.faults.has(Fault::PaginationLeftOut) {
                    response["pagination"] = pagination;
                }
            }
            Err(_) if lenient => {
                response["status"] = json!("succ");
                response["data"] = json!({"reg_records": []});
            }
            Err((code, text)) => {
                refused += 1;
                response["status"] = json!("rjct");
                response["status_reason_code"] = json!(code);
                response["status_reason_message"] = json!(state.words(&text));
            }
        }
        responses.push(response);
    }
    if items.len() > 1 && state.faults.has(Fault::StrangerInBatch) {
        let found = responses.iter_mut().filter_map(|item| item.pointer_mut("/data/reg_records")?.as_array_mut());
        let stranger = registry.record(Entity::Person, registry.people.len() - 1, &state.faults);
        found.filter(|records| !records.is_empty()).for_each(|records| records.push(stranger.clone()));
    }
    if refused > 0 && state.faults.has(Fault::OneBadItemRejectsAll) {
        refused = responses.len();
        for response in &mut responses {
            *response = json!({"reference_id": response["reference_id"], "timestamp": now(), "status": "rjct",
                "status_reason_code": "rjct.search_criteria.invalid"});
        }
    }
    let message = json!({"transaction_id": request["message"]["transaction_id"], "correlation_id": correlation_id,
        "search_response": responses});
    Performed { message, total: responses.len(), refused }
}

fn check_time(item: &Value) -> Result<(), Refused> {
    let time = item["timestamp"].as_str().and_then(super::validate::date_time);
    let ahead = time.is_some_and(|time| time.as_second() > jiff::Timestamp::now().as_second() + 15 * 60);
    if ahead { Err(("rjct.timestamp.invalid", "the timestamp lies in the future".into())) } else { Ok(()) }
}

/// The data and pagination of one item.
fn find(state: &State, registry: &Registry, criteria: &Value) -> Result<(Value, Value), Refused> {
    let faults = &state.faults;
    let query = query::read(criteria["query_type"].as_str().unwrap_or_default(), &criteria["query"], faults)
        .map_err(|unclear| ("rjct.search_criteria.invalid", unclear.0))?;
    let page = Page::read(criteria, faults.has(Fault::BadPageSizeReturnsAll))?;
    let order = read_sort(criteria, faults.has(Fault::UnknownSortAccepted))?;
    let asked_type = criteria["reg_record_type"].as_str();
    let entity =
        match criteria["response_entity"].as_str().and_then(Entity::named).or(asked_type.and_then(Entity::named)) {
            Some(_) if faults.has(Fault::ResponseEntityIgnored) => Entity::Person,
            Some(entity) => entity,
            None if query.names_a_household(registry) => Entity::Group,
            None => Entity::Person,
        };
    let mut people = query.matches(registry, faults);
    if faults.has(Fault::FirstRecordsWhateverAsked) {
        people = (0..3).collect();
    }
    let mut found = match entity {
        Entity::Group => households(registry, &people),
        _ => people,
    };
    spoil_found(state, registry, entity, &mut found);
    if faults.has(Fault::PredicateFindsOneOnly) && criteria["query_type"] == "predicate" && found.contains(&0) {
        found = vec![0];
    }
    let sorted = |list: &mut Vec<usize>| sort(state, registry, entity, &order, list);
    if !faults.has(Fault::SortWithinPageOnly) {
        sorted(&mut found);
    }
    if order.is_empty() && faults.has(Fault::PagesShuffled) && !found.is_empty() {
        let turn = state.counter.fetch_add(1, atomic::Ordering::Relaxed) as usize * 7 % found.len();
        found.rotate_left(turn);
    }
    let mut shown = page.cut(&found, state);
    if faults.has(Fault::SortWithinPageOnly) {
        sorted(&mut shown);
    }
    let mut records: Vec<Value> = shown.iter().map(|&index| registry.record(entity, index, faults)).collect();
    if matches!(query, query::Query::Identifier { .. }) && entity == Entity::Person {
        spoil_person(registry, &shown, &mut records, faults);
    }
    let asked_name = asked_type.filter(|name| Entity::named(name) == Some(entity));
    let mut pagination = page.echo(found.len().max(records.len()), shown.len(), state);
    let invented = faults.has(Fault::TotalInvented) || (faults.has(Fault::TotalOfNobody) && records.is_empty());
    if invented && criteria["pagination"].is_null() {
        pagination["total_count"] = json!(4711);
    }
    Ok((data(state, entity, asked_name, criteria, records), pagination))
}

/// The faults that put a second record beside the one of the person asked for.
fn spoil_person(registry: &Registry, shown: &[usize], records: &mut Vec<Value>, faults: &FaultSet) {
    let [only] = shown else { return };
    let asked_for = records[0].clone();
    if faults.has(Fault::RelativeReturned) {
        let mut other = registry.record(Entity::Person, (only + 1) % registry.people.len(), faults);
        other["x_spouse"] = json!({"identifier": asked_for["identifier"]});
        records.push(other);
    }
    if faults.has(Fault::PersonTwiceAltered) {
        let mut again = asked_for;
        again["name"]["surname"] = json!("Altered");
        records.push(again);
    }
}

fn data(state: &State, entity: Entity, asked_name: Option<&str>, criteria: &Value, mut records: Vec<Value>) -> Value {
    let faults = &state.faults;
    let name = match entity {
        Entity::Group if faults.has(Fault::RecordTypeMislabelled) => "Person",
        _ if faults.has(Fault::RecordTypeMislabelled) => "Group",
        entity => asked_name.unwrap_or(entity.name()),
    };
    if faults.has(Fault::RecordsNested) {
        records = records.into_iter().map(|record| json!([record])).collect();
    }
    let mut data = json!({"version": "1.0.0", "reg_record_type": name});
    if let Some(kind) = criteria["reg_type"].as_str() {
        data["reg_type"] = json!(kind);
    }
    if !faults.has(Fault::RecordsMissing) {
        data["reg_records"] = Value::Array(records);
    }
    data
}

/// The households of people.
pub(crate) fn households(registry: &Registry, people: &[usize]) -> Vec<usize> {
    let households: BTreeSet<usize> =
        people.iter().filter_map(|&person| registry.people.get(person)).map(|person| person.household).collect();
    households.into_iter().collect()
}

/// The faults that change who is found.
fn spoil_found(state: &State, registry: &Registry, entity: Entity, found: &mut Vec<usize>) {
    let faults = &state.faults;
    let all = if entity == Entity::Group { registry.households.len() } else { registry.people.len() };
    if faults.has(Fault::NeighbouringGroupReturned) && entity == Entity::Group {
        found.iter_mut().for_each(|index| *index = (*index + 1) % all.max(1));
    }
    if faults.has(Fault::StrangerAppended) && !found.is_empty() {
        found.extend((0..all).rev().find(|index| !found.contains(index)));
    }
    if faults.has(Fault::RecordTwice)
        && let Some(&first) = found.first()
    {
        found.insert(1, first);
    }
}

struct Order {
    attribute: Attribute,
    descending: bool,
}

fn read_sort(criteria: &Value, unknown_is_fine: bool) -> Result<Vec<Order>, Refused> {
    let entries = criteria["sort"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut order = Vec::new();
    for entry in entries {
        let Some(name) = entry["attribute_name"].as_str() else { continue };
        match Attribute::named(name) {
            Some(attribute) => order.push(Order { attribute, descending: entry["sort_order"] == "desc" }),
            None if unknown_is_fine => {}
            None => return Err(("rjct.sort.invalid", "this registry cannot sort by that attribute".into())),
        }
    }
    Ok(order)
}

/// Sorts; records without the attribute come last either way. The sort is stable.
fn sort(state: &State, registry: &Registry, entity: Entity, order: &[Order], list: &mut [usize]) {
    let faults = &state.faults;
    if order.is_empty() || faults.has(Fault::SortIgnored) {
        return;
    }
    let key = |index: usize, attribute: &Attribute| -> Option<Operand> {
        let attribute = match faults.has(Fault::SortByRegistrationOnly) {
            true => Attribute::named("registration_date").unwrap_or(*attribute),
            false => *attribute,
        };
        let person = match entity {
            Entity::Group => registry.members_of(index).next()?, // the head stands for the household
            _ => index,
        };
        let value = attribute.values(registry, person).into_iter().next();
        if faults.has(Fault::SortByDayOfMonth) { value.map(as_if_day_first) } else { value }
    };
    list.sort_by(|&left, &right| {
        let by = |order: &Order| match (key(left, &order.attribute), key(right, &order.attribute)) {
            (Some(left), Some(right)) => {
                let compared = left.compare(&right).unwrap_or(Ordering::Equal);
                let descending = order.descending && !faults.has(Fault::DescendingAsAscending);
                if descending { compared.reverse() } else { compared }
            }
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        let keys = if faults.has(Fault::SecondSortKeyIgnored) { 1 } else { order.len() };
        order.iter().take(keys).map(by).find(|compared| compared.is_ne()).unwrap_or(Ordering::Equal)
    });
}

fn as_if_day_first(value: Operand) -> Operand {
    match value {
        Operand::Date(day) => Operand::Date(day.split('-').rev().collect::<Vec<_>>().join(".")),
        Operand::Number(number) => Operand::Text(number.to_string()),
        other => other,
    }
}

/// The page asked for.
struct Page {
    size: i64,
    number: i64,
}

impl Page {
    fn read(criteria: &Value, bad_is_fine: bool) -> Result<Page, Refused> {
        let pagination = &criteria["pagination"];
        let whole = |name: &str, default: i64| match &pagination[name] {
            Value::Null => Some(default),
            Value::Number(number) => {
                number.as_i64().or(number.as_f64().filter(|real| real.fract() == 0.0).map(|real| real as i64))
            }
            _ => Some(default), // of a wrong type, and overlooked on purpose
        };
        let refused =
            || ("rjct.pagination.invalid", format!("page_size must be 1 to {LARGEST_PAGE}, page_number 1 or more"));
        let (Some(size), Some(number)) = (whole("page_size", DEFAULT_PAGE_SIZE), whole("page_number", 1)) else {
            return Err(refused());
        };
        let sound = (1..=LARGEST_PAGE).contains(&size) && (1..=1_000_000).contains(&number);
        if sound || (bad_is_fine && size < 1) { Ok(Page { size, number }) } else { Err(refused()) }
    }

    /// The records of the page, or what the faults make of it.
    fn cut(&self, found: &[usize], state: &State) -> Vec<usize> {
        let faults = &state.faults;
        if self.size < 1 || faults.has(Fault::PageSizeIgnored) {
            return found.to_vec();
        }
        let (size, number) = (self.size as usize, self.number as usize);
        let mut start = (number - 1) * size;
        let mut end = start + size;
        if faults.has(Fault::PageTwoRepeatsPageOne) && number == 2 {
            (start, end) = (0, size);
        }
        if faults.has(Fault::LaterPagesRepeat) && number == 3 {
            (start, end) = (size, 2 * size);
        }
        if faults.has(Fault::PagesOverlapByOne) && number > 1 {
            start -= 1;
        }
        if faults.has(Fault::PagesCountedFromZero) {
            (start, end) = (start + size, end + size);
        }
        if faults.has(Fault::PageOneTooMany) {
            end += 1;
        }
        if faults.has(Fault::PastTheEndWraps) && start >= found.len() {
            (start, end) = (0, size);
        }
        if faults.has(Fault::LastPageEmpty) && found.len() > size && end >= found.len() {
            return Vec::new();
        }
        let mut shown: Vec<usize> = found.iter().skip(start).take(end - start).copied().collect();
        if faults.has(Fault::LastRecordOfPageLost) && shown.len() == size {
            shown.pop();
        }
        shown
    }

    fn echo(&self, total: usize, shown: usize, state: &State) -> Value {
        let faults = &state.faults;
        let total = match () {
            () if faults.has(Fault::TotalIsPageLength) => shown as i64,
            () if faults.has(Fault::TotalGrowsWithPage) => total as i64 + self.number - 1,
            () => total as i64,
        };
        let size = if faults.has(Fault::PageSizeNotEchoed) { DEFAULT_PAGE_SIZE } else { self.size };
        let number = if faults.has(Fault::PageNumberNotEchoed) { 1 } else { self.number };
        match faults.has(Fault::PaginationAsText) {
            true => {
                json!({"page_size": size.to_string(), "page_number": number.to_string(), "total_count": total.to_string()})
            }
            false => json!({"page_size": size, "page_number": number, "total_count": total}),
        }
    }
}
