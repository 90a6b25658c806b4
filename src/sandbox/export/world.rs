//! The invented world: names, places and numbers of six countries.
//!
//! Telephone numbers come from the ranges that regulators keep for fiction (555-0100 to 555-0199 of any North American
//! area code, the drama ranges of the United Kingdom and of France), so that nobody can be called; countries without
//! such a range borrow one, as people with a number from abroad do. Mail hosts end in `.example`, which no one can own.

/// A country as its register sees it.
pub(super) struct Country {
    /// ISO 3166-1 alpha-3.
    pub(super) code: &'static str,
    /// ISO 639-3.
    pub(super) language: &'static str,
    pub(super) offset: &'static str,
    /// ISO 4217.
    pub(super) currency: &'static str,
    /// What precedes the free digits of a telephone number, and how many of those there are.
    pub(super) phone: (&'static str, usize),
    pub(super) mail: &'static str,
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) surnames: &'static [&'static str],
    pub(super) streets: &'static [&'static str],
    pub(super) towns: &'static [Town],
    pub(super) programmes: &'static [Programme],
}

/// A town with its centre in ten-millionths of a degree.
pub(super) struct Town {
    pub(super) name: &'static str,
    /// ISO 3166-2.
    pub(super) region: &'static str,
    pub(super) postal: &'static str,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
}

/// A programme of social protection: everything but the benefits is the same wherever it is named.
pub(super) struct Programme {
    pub(super) identifier: &'static str,
    pub(super) name: &'static str,
    pub(super) institution: &'static str,
    /// Codes of social_protection_functions, contribution_type and programme_type.
    pub(super) codes: [&'static str; 3],
}

const fn town(name: &'static str, region: &'static str, postal: &'static str, latitude: i64, longitude: i64) -> Town {
    Town { name, region, postal, latitude, longitude }
}

const fn programme(
    identifier: &'static str,
    name: &'static str,
    institution: &'static str,
    codes: [&'static str; 3],
) -> Programme {
    Programme { identifier, name, institution, codes }
}

pub(super) static COUNTRIES: [Country; 6] = [
    Country {
        code: "KEN",
        language: "swa",
        offset: "+03:00",
        currency: "KES",
        phone: ("+447700900", 3),
        mail: "@barua.example",
        women: &["Achieng", "Wanjiru", "Mercy", "Halima", "Chebet", "Nduku", "Amina", "Grace"],
        men: &["Brian", "Otieno", "Kamau", "Kiprop", "Juma", "Mutua", "Peter", "Hassan"],
        surnames: &["Odhiambo", "Mwangi", "Cheruiyot", "Wafula", "Mutiso", "Abdi", "Njoroge", "Were"],
        streets: &["Otieno Oyoo Street", "Jomo Kenyatta Highway", "Market Road", "Mission Lane"],
        towns: &[
            town("Kisumu", "KE-17", "40100", -917_000, 347_680_000),
            town("Nakuru", "KE-31", "20100", -3_031_000, 360_800_000),
            town("Mombasa", "KE-28", "80100", -40_435_000, 396_682_000),
        ],
        programmes: &[
            programme("KE-ELD-01", "Older Persons Grant", "Department of Social Care", ["1", "3", "3"]),
            programme("KE-FAM-02", "Lakeside Family Support", "Department of Social Care", ["14", "3", "1"]),
        ],
    },
    Country {
        code: "PHL",
        language: "fil",
        offset: "+08:00",
        currency: "PHP",
        phone: ("+120255501", 2),
        mail: "@sulat.example",
        women: &["Maria", "Ligaya", "Rosario", "Jasmine", "Luzviminda", "Corazon", "Andrea", "Divina"],
        men: &["Jose", "Ramon", "Crisanto", "Emilio", "Dante", "Rodel", "Mark", "Isagani"],
        surnames: &["Santos", "Dela Cruz", "Bautista", "Villanueva", "Macaraeg", "Salonga", "Peña", "Dimaculangan"],
        streets: &["Mabini Street", "Rizal Avenue", "Sampaguita Road", "Bonifacio Street"],
        towns: &[
            town("Quezon City", "PH-00", "1100", 146_760_000, 1_210_437_000),
            town("Cebu City", "PH-CEB", "6000", 103_157_000, 1_238_854_000),
            town("Davao City", "PH-DAS", "8000", 71_907_000, 1_254_553_000),
        ],
        programmes: &[
            programme("PH-BRG-01", "Bridging Families Programme", "Office of Family Welfare", ["14", "3", "2"]),
            programme("PH-RCE-02", "Island Rice Allowance", "Office of Family Welfare", ["13", "3", "4"]),
        ],
    },
    Country {
        code: "PER",
        language: "spa",
        offset: "-05:00",
        currency: "PEN",
        phone: ("+130555501", 2),
        mail: "@correo.example",
        women: &["Lucía", "Rosa", "Milagros", "Yesenia", "Flor", "Carmen", "Nélida", "Beatriz"],
        men: &["José", "Wilmer", "Édgar", "Víctor", "Raúl", "Percy", "Nilton", "Alberto"],
        surnames: &["Quispe", "Mamani", "Huamán", "Rojas", "Condori", "Ñaupari", "Cárdenas", "Torres"],
        streets: &["Jirón Amazonas", "Calle Los Sauces", "Avenida Grau", "Pasaje El Sol"],
        towns: &[
            town("Cusco", "PE-CUS", "08000", -135_319_000, -719_675_000),
            town("Arequipa", "PE-ARE", "04000", -164_090_000, -715_375_000),
            town("Piura", "PE-PIU", "20000", -51_945_000, -806_328_000),
        ],
        programmes: &[
            programme("PE-HOG-01", "Hogares del Sur", "Instituto de Apoyo Social", ["14", "3", "2"]),
            programme("PE-MAY-02", "Mayores en Casa", "Instituto de Apoyo Social", ["1", "3", "3"]),
        ],
    },
    Country {
        code: "SEN",
        language: "wol",
        offset: "+00:00",
        currency: "XOF",
        phone: ("+3363998", 4),
        mail: "@bataaxal.example",
        women: &["Awa", "Fatou", "Mariama", "Ndeye", "Khady", "Rokhaya", "Bineta", "Sokhna"],
        men: &["Mamadou", "Ousmane", "Cheikh", "Ibrahima", "Modou", "Alioune", "Babacar", "Lamine"],
        surnames: &["Diop", "Ndiaye", "Fall", "Sarr", "Faye", "Mbengue", "Sène", "Diédhiou"],
        streets: &["Rue des Manguiers", "Avenue Lamine Guèye", "Route de la Corniche", "Rue du Marché"],
        towns: &[
            town("Dakar", "SN-DK", "11000", 147_167_000, -174_400_000),
            town("Thiès", "SN-TH", "21000", 147_910_000, -169_256_000),
            town("Saint-Louis", "SN-SL", "32000", 160_326_000, -164_818_000),
        ],
        programmes: &[
            programme("SN-BOU-01", "Bourse du Foyer", "Délégation à la Solidarité", ["14", "3", "1"]),
            programme("SN-CAN-02", "Cantines du Fleuve", "Délégation à la Solidarité", ["13", "3", "5"]),
        ],
    },
    Country {
        code: "DOM",
        language: "spa",
        offset: "-04:00",
        currency: "DOP",
        phone: ("+180955501", 2),
        mail: "@correo.example",
        women: &["Altagracia", "Yudelka", "Mercedes", "Rosanna", "Ana", "Francis", "Dulce", "Bélgica"],
        men: &["Ramón", "Starlin", "Félix", "Leonel", "Amaury", "Tomás", "Danilo", "Wander"],
        surnames: &["Peralta", "De los Santos", "Encarnación", "Mejía", "Reynoso", "Polanco", "Ureña", "Tavárez"],
        streets: &["Calle Duarte", "Calle Las Flores", "Avenida Mella", "Calle Sánchez"],
        towns: &[
            town("Santo Domingo", "DO-01", "10201", 184_861_000, -699_312_000),
            town("Santiago", "DO-25", "51000", 194_517_000, -706_970_000),
            town("Puerto Plata", "DO-18", "57000", 197_634_000, -706_884_000),
        ],
        programmes: &[
            programme("DO-COM-01", "Mesa Segura", "Dirección de Ayuda Social", ["13", "3", "1"]),
            programme("DO-ESC-02", "Camino a la Escuela", "Dirección de Ayuda Social", ["6", "3", "2"]),
        ],
    },
    Country {
        code: "JAM",
        language: "eng",
        offset: "-05:00",
        currency: "JMD",
        phone: ("+187655501", 2),
        mail: "@letter.example",
        women: &["Shanice", "Marcia", "Beverley", "Keisha", "Latoya", "Yvonne", "Tamara", "Sonia"],
        men: &["Devon", "Winston", "Andre", "Leroy", "Omar", "Courtney", "Jermaine", "Neville"],
        surnames: &["Campbell", "Gordon", "Bailey", "Thompson", "Reid", "Clarke", "Whyte", "McKenzie"],
        streets: &["Old Hope Road", "Harbour Street", "Barnett Street", "Caledonia Road"],
        towns: &[
            town("Kingston", "JM-01", "", 180_200_000, -767_928_000),
            town("Montego Bay", "JM-08", "", 184_562_000, -778_939_000),
            town("Mandeville", "JM-12", "", 180_417_000, -775_071_000),
        ],
        programmes: &[
            programme("JM-STP-01", "Stepping Stones", "Bureau of Household Support", ["14", "3", "2"]),
            programme("JM-WRK-02", "Harbour Works", "Bureau of Household Support", ["11", "3", "6"]),
        ],
    },
];
