//! Defects of meaning: values that are well-formed but do not go together, in one record or between records.

use super::defects::Edit::{self, *};
use super::defects::{Anchor, Defect};

const fn person(
    name: &'static str,
    rule: &'static str,
    pointer: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    Defect { name, from: Anchor::Person, pointer, rule, what, edits }
}

const fn member(
    name: &'static str,
    rule: &'static str,
    pointer: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    Defect { name, from: Anchor::Member, pointer, rule, what, edits }
}

const fn record(
    name: &'static str,
    rule: &'static str,
    pointer: &'static str,
    what: &'static str,
    edits: &'static [Edit],
) -> Defect {
    Defect { name, from: Anchor::Record, pointer, rule, what, edits }
}

#[rustfmt::skip] // a table
pub(super) static DEFECTS: &[Defect] = &[
    // Identity
    person("identifier-without-type", "R-ID-01", "/identifier/0/identifier_type", "a value without its type", &[Drop("/identifier/0/identifier_type")]),
    person("person-anonymous", "R-ID-02", "", "neither identifier nor name", &[Drop("/identifier"), Drop("/name")]),
    person("identifier-type-twice", "R-ID-06", "/identifier/1/identifier_value", "two values of one type", &[Lacks("/identifier/1"), Append("/identifier", "{\"identifier_type\":\"UIN\",\"identifier_value\":\"9%n\"}")]),
    record("group-has-identifier-of-member", "R-ID-07", "/group_identifier/0", "the identifier of a person for the group", &[Copy("/group_identifier/0/identifier_value", "/member_list/0/demographic_info/identifier/0/identifier_value")]),
    record("parent-is-self", "R-ID-08", "/parent1_identifier", "a person as parent of itself", &[Copy("/parent1_identifier/identifier_value", "/identifier/0/identifier_value")]),
    record("parents-are-one", "R-ID-08", "/parent1_identifier", "both parents the same", &[Copy("/parent1_identifier/identifier_value", "/parent2_identifier/identifier_value")]),
    record("parent-by-marriage-number", "R-ID-09", "/parent1_identifier/identifier_type", "a kind of identifier no person has", &[Set("/parent1_identifier/identifier_type", "\"MRN\"")]),
    person("death-number-of-the-living", "R-ID-10", "/death_date", "a death registration number without a death", &[Lacks("/death_date"), Append("/identifier", "{\"identifier_type\":\"DRN\",\"identifier_value\":\"9%n\"}")]),
    // Dates
    person("born-in-the-future", "R-DT-01", "/birth_date", "a birth in 2131", &[Set("/birth_date", "\"2131-05-02\"")]),
    person("died-before-birth", "R-DT-02", "/death_date", "a death in 1901", &[Add("", "death_date", "\"1901-01-01\"")]),
    person("registered-before-birth", "R-DT-03", "/registration_date", "a registration in 1901", &[Set("/registration_date", "\"1901-01-01T00:00:00Z\"")]),
    record("updated-before-registered", "R-DT-04", "/last_updated", "a change in 2001", &[Set("/last_updated", "\"2001-01-01T00:00:00Z\"")]),
    person("too-old", "R-DT-05", "/birth_date", "born in 1851 and alive", &[Lacks("/death_date"), Set("/birth_date", "\"1851-03-02\"")]),
    record("divorced-never-married", "R-DT-06", "/marriage_date", "a divorce without a marriage", &[Has("/birth_place"), Lacks("/marriage_date"), Add("", "divorce_date", "[\"2011-08-09\"]")]),
    record("married-after-death", "R-DT-07", "/death_date", "a marriage after death", &[Has("/death_date"), Lacks("/divorce_date"), Set("/marriage_date/0", "\"2024-08-09\"")]),
    record("job-ends-before-start", "R-DT-09", "/employment_info/0/end_date", "the end of a job before its start", &[Set("/employment_info/0/end_date", "\"1999-01-01\"")]),
    record("benefit-before-enrolment", "R-DT-10", "/benefits/0/benefit_date", "a benefit before enrolment", &[Set("/benefits/0/benefit_date", "\"2011-01-01\"")]),
    record("recurrence-count-and-end", "R-DT-11", "/programme_identifier/0/benefit_frequency/0/until", "both count and until", &[Add("/programme_identifier/0/benefit_frequency/0", "count", "12")]),
    record("recurrence-ends-before-start", "R-DT-11", "/programme_identifier/0/benefit_frequency/0/until", "until before dtstart", &[Set("/programme_identifier/0/benefit_frequency/0/until", "\"2001-01-01T00:00:00Z\"")]),
    record("deceased-without-death", "R-DT-12", "/member/demographic_info/death_date", "status deceased, no date of death", &[Has("/member"), Lacks("/member/demographic_info/death_date"), Has("/status_change_date"), Set("/enrolment_status", "\"2\"")]),
    // Group and member
    record("group-size-wrong", "R-GRP-01", "/group_size", "a size that is not that of the list", &[Has("/member_list"), Set("/group_size", "40")]),
    record("group-size-zero", "R-GRP-02", "/group_size", "nobody, with a head", &[Drop("/member_list"), Set("/group_size", "0")]),
    record("head-not-listed", "R-GRP-03", "/group_head_info", "a head who is no member", &[Has("/member_list"), Set("/group_head_info/member_identifier/0/identifier_value", "\"9%n\""), Set("/group_head_info/demographic_info/identifier/0/identifier_value", "\"8%n\"")]),
    record("head-differs-from-member", "R-GRP-04", "/member_list/0/demographic_info/birth_date", "two births of the head", &[Has("/member_list"), Set("/group_head_info/demographic_info/birth_date", "\"1967-12-31\"")]),
    record("member-listed-twice", "R-GRP-05", "/member_list/3", "a member twice", &[Only("/group_size", "3"), Set("/group_size", "4"), AppendCopy("/member_list", "/member_list/2")]),
    record("place-announced-address-given", "R-GRP-06", "/place", "place_address true, only an address", &[Has("/address"), Set("/place_address", "true")]),
    record("address-announced-place-given", "R-GRP-06", "/address", "place_address false, only a place", &[Has("/place"), Set("/place_address", "false")]),
    record("group-of-type-member", "R-GRP-07", "/group_type", "a group of the type for one person", &[Set("/group_type", "\"1\"")]),
    record("score-without-type", "R-GRP-08", "/poverty_score_type", "a score that does not say how to read it", &[Drop("/poverty_score_type")]),
    record("head-dead", "R-GRP-09", "/group_head_info/demographic_info/death_date", "a head who died", &[Has("/member_list"), Add("/group_head_info/demographic_info", "death_date", "\"2022-12-24\""), Add("/member_list/0/demographic_info", "death_date", "\"2022-12-24\"")]),
    member("disability-denied", "R-GRP-10", "/disability_info/0/functional_severity", "no disability, with details of one", &[Has("/disability_info"), Set("/self_id_disability", "false")]),
    member("disability-details-of-the-able", "R-GRP-10", "/disability_info/0/functional_severity", "details of a disability that is denied", &[Only("/self_id_disability", "false"), Add("", "disability_info", "[{\"disability_limitation_type\":\"MOB_SS\",\"functional_severity\":\"3\"}]")]),
    member("disability-contradicted", "R-GRP-11", "/is_disabled", "old and new name with different values", &[Only("/self_id_disability", "false"), Add("", "is_disabled", "true")]),
    member("severity-missing", "R-GRP-12", "/disability_info/0/functional_severity", "a limitation without its severity", &[Drop("/disability_info/0/functional_severity")]),
    member("occupation-of-the-unemployed", "R-GRP-13", "/occupation", "an occupation without employment", &[Only("/employment_status", "\"6\""), Add("", "occupation", "\"9\"")]),
    record("unemployed-with-a-job", "R-GRP-13", "/employment_status", "employed, with a reason not to be", &[Has("/occupation"), Has("/employment_info"), Add("", "unemployment_reason", "\"1\"")]),
    member("child-with-doctorate", "R-GRP-14", "/demographic_info/birth_date", "a doctorate in childhood", &[Only("/education_level", "\"0\""), Set("/education_level", "\"8\"")]),
    member("person-of-another-domain", "R-GRP-15", "/demographic_info/@type", "the person of another registry", &[Add("/demographic_info", "@type", "\"CRVSPerson\"")]),
    // Relationships
    member("related-to-nobody", "R-REL-01", "/related_person/0/related_member", "a relative who is not in the file", &[Set("/related_person/0/related_member/identifier/0/identifier_value", "\"9%n\"")]),
    member("related-to-self", "R-REL-03", "/related_person/0/related_member/identifier/0", "a relative who is the person", &[Copy("/related_person/0/related_member/identifier/0/identifier_value", "/demographic_info/identifier/0/identifier_value")]),
    member("relationship-one-sided", "R-REL-02", "/related_person/0/relationship_type", "the cousin of somebody's child", &[Only("/related_person/0/relationship_type", "\"FTH\""), Set("/related_person/0/relationship_type", "\"COUSN\"")]),
    member("father-female", "R-REL-04", "/related_person/0/relationship_type", "a father for a mother", &[Only("/related_person/0/relationship_type", "\"MTH\""), Only("/marital_status", "\"S\""), Set("/related_person/0/relationship_type", "\"FTH\"")]),
    member("child-older-than-parent", "R-REL-05", "/related_person/0", "a child older than its father", &[Only("/related_person/0/relationship_type", "\"FTH\""), Set("/demographic_info/birth_date", "\"1931-01-01\"")]),
    member("primary-spouse-twice", "R-REL-06", "/related_person/1", "two primary spouses", &[Only("/marital_status", "\"M\""), Lacks("/related_person/1"), Set("/related_person/0/relationship_type", "\"PRIMSPOUS\""), AppendCopy("/related_person", "/related_person/0")]),
    member("single-with-spouse", "R-REL-07", "/marital_status", "never married, with a spouse", &[Only("/marital_status", "\"M\""), Has("/related_person"), Set("/marital_status", "\"S\"")]),
    // Place
    record("longitude-missing", "R-GEO-01", "/place/geo/longitude", "a latitude alone", &[Drop("/place/geo/longitude")]),
    person("location-outside-bounds", "R-GEO-02", "/address/0/geo_location/plus_code/geometry/location", "a centre outside its box", &[Set("/address/0/geo_location/plus_code/geometry/location/latitude", "48.8512345")]),
    person("plus-code-elsewhere", "R-GEO-03", "/address/0/geo_location/plus_code/global_code", "the plus code of another place", &[Set("/address/0/geo_location/plus_code/global_code", "\"8FW4V900+\"")]),
    person("country-elsewhere", "R-GEO-04", "/address/0/country_code", "coordinates of another country", &[Has("/address/0/geo_location"), Set("/address/0/country_code", "\"NOR\"")]),
    record("birth-place-missing", "R-GEO-06", "/birth_place", "a birth without its place", &[Drop("/birth_place")]),
    // Beneficiary
    record("interval-of-nothing", "INTEGER-LOW", "/programme_identifier/0/benefit_frequency/0/interval", "every zeroth time", &[Set("/programme_identifier/0/benefit_frequency/0/interval", "0")]),
    record("count-of-nothing", "INTEGER-LOW", "/programme_identifier/0/benefit_frequency/0/count", "no time at all", &[Drop("/programme_identifier/0/benefit_frequency/0/until"), Add("/programme_identifier/0/benefit_frequency/0", "count", "0")]),
    record("quantity-below-nothing", "INTEGER-LOW", "/benefits/0/benefit_quantity", "fewer than no things", &[Set("/benefits/0/benefit_quantity", "-1")]),
    record("unit-person-with-group", "R-BEN-01", "/member", "one person, but a group", &[Has("/group"), Set("/assistance_unit", "\"1\"")]),
    record("unit-differs-from-group", "R-BEN-02", "/group/group_type", "a household that is a family", &[Only("/assistance_unit", "\"2\""), Set("/group/group_type", "\"3\"")]),
    record("programme-missing", "R-BEN-03", "/programme_identifier", "no programme", &[Drop("/programme_identifier")]),
    record("enrolment-without-status", "R-BEN-04", "/enrolment_status", "a date of enrolment without a status", &[Drop("/enrolment_status")]),
    record("cash-without-value", "R-BEN-05", "/benefits/0/benefit_value", "cash of no value", &[Only("/benefits/0/benefit_type", "\"1\""), Drop("/benefits/0/benefit_value")]),
    record("in-kind-without-description", "R-BEN-06", "/benefits/0", "things that nobody describes", &[Only("/benefits/0/benefit_type", "\"3\""), Drop("/benefits/0/benefit_description"), Drop("/benefits/0/benefit_quantity")]),
    record("suspended-without-date", "R-BEN-08", "/status_change_date", "suspended at no date", &[Only("/enrolment_status", "\"4\""), Drop("/status_change_date")]),
    // Disability
    record("impairment-without-type", "R-DR-01", "/disability_details/0/impairment_type", "a level of nothing", &[Drop("/disability_details/0/impairment_type")]),
    record("approved-without-level", "R-DR-02", "/disability_status_level", "approved, without a level", &[Drop("/disability_status_level")]),
    record("approved-without-details", "R-DR-03", "", "approved, without details or support", &[Only("/disability_status", "\"0\""), Drop("/disability_details"), Drop("/disability_support")]),
    record("support-without-status", "R-DR-04", "/disability_support/0/assistive_technology/0/support_status", "a device that is neither needed nor received", &[Drop("/disability_support/0/assistive_technology/0/support_status")]),
    record("carer-without-relationship", "R-DR-05", "/disability_support/0/human_assistance/0/relationship", "a carer who is nobody to the person", &[Drop("/disability_support/0/human_assistance/0/relationship")]),
    record("ageing-born-with", "R-DR-06", "/disability_details/0/age_on_set", "caused by age, born with", &[Only("/disability_details/0/impairment_cause", "\"8\""), Set("/disability_details/0/age_on_set", "\"0\"")]),
    record("never-but-received", "R-DR-07", "/disability_support/0/human_assistance/0/support_status", "never given, yet received", &[Only("/disability_support/0/human_assistance/0/support_status", "\"1\""), Set("/disability_support/0/human_assistance/0/frequency", "\"5\"")]),
    // Farmer
    record("land-without-unit", "R-FR-01", "/farm_details/0/unit", "a size without its unit", &[Drop("/farm_details/0/unit")]),
    record("land-of-the-landless", "R-FR-02", "/farm_details/0/land_size", "no land, of some size", &[Set("/farm_details/0/land_tenure", "\"7\"")]),
    record("water-without-irrigation", "R-FR-03", "/farm_details/0/farming_activities/0/crop_production/0/irrigation_water/0", "water for what is not irrigated", &[Has("/farm_details/0/farming_activities/0/crop_production/0/irrigation_water"), Set("/farm_details/0/farming_activities/0/crop_production/0/irrigation", "false")]),
    record("mixed-without-animals", "R-FR-04", "/farm_details/0/farming_activities/0/animal_production", "mixed farming without animals", &[Drop("/farm_details/0/farming_activities/0/animal_production")]),
    record("no-animals-counted", "R-FR-05", "/farm_details/0/farming_activities/0/animal_production/0/count", "a herd of none", &[Set("/farm_details/0/farming_activities/0/animal_production/0/count", "0")]),
    record("farmer-not-in-family", "R-FR-06", "/farmer_personal_details", "a farmer whom the family does not list", &[Set("/farmer_personal_details/member_identifier/0/identifier_value", "\"9%n\""), Set("/farmer_personal_details/demographic_info/identifier/0/identifier_value", "\"8%n\"")]),
    // Identity system, placeholders
    record("biometric-without-type", "R-ID2-01", "/biometric_data/0", "data of no type", &[Drop("/biometric_data/0/type"), Drop("/biometric_data/0/data_type")]),
    person("placeholder", "R-FILE-05", "/name/surname", "a value nobody filled in", &[Set("/name/surname", "\"xxxxx\"")]),
    // Between records
    person("identifier-of-another", "R-ID-03", "/identifier/0", "the identifier of an earlier person", &[Earlier("/identifier/0/identifier_value")]),
    member("member-identifier-of-another", "R-ID-04", "/member_identifier/0", "the number of an earlier member", &[Earlier("/member_identifier/0/identifier_value")]),
    record("group-identifier-of-another", "R-ID-04", "/group_identifier/0", "the number of an earlier group", &[Earlier("/group_identifier/0/identifier_value")]),
    record("member-of-two-groups", "R-GRP-16", "/member_list/3", "a member of an earlier household", &[Only("/group_size", "3"), Only("/group_type", "\"2\""), Set("/group_size", "4"), AppendEarlier("/member_list", "/member_list/2")]),
    record("currency-differs", "R-BEN-07", "/benefits/0/benefit_value", "another currency than the rest of the programme", &[Set("/benefits/0/benefit_value", "\"EUR 250\"")]),
    record("benefits-twice", "R-BEN-09", "/member", "an earlier beneficiary, active in the same programme", &[Only("/enrolment_status", "\"1\""), Has("/member"), Earlier("/member"), Earlier("/programme_identifier")]),
    record("programme-named-differently", "R-BEN-10", "/programme_identifier/0/programme_name", "another name than the same programme has elsewhere", &[Set("/programme_identifier/0/programme_name", "\"Some Other Programme\"")]),
];
