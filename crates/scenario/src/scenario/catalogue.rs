//! The scenarios that come with the page, each with its file below `static/scenarios/`.

/// A scenario that comes with the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name in addresses: `?scenario=training-slow-gateway`.
    pub id: &'static str,
    /// Its file, relative to the folder of scenarios.
    pub file: &'static str,
    /// Its title, as in the file.
    pub title: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
}

/// Every scenario that comes with the page. The first is the one that is shown when no other is asked for, which is compiled
/// into the program.
pub const CATALOGUE: [Entry; 6] = [
    Entry {
        id: "checkout-outage-2024-08-15",
        file: "checkout-outage-2024-08-15.json",
        title: "Checkout outage of 15 August 2024",
        what: "Reported: sessions fill the memory",
    },
    Entry {
        id: "cloudflare-2019-07-02",
        file: "public/cloudflare-2019-07-02.json",
        title: "Cloudflare outage of 2 July 2019",
        what: "Reported: a rule uses up the CPU everywhere",
    },
    Entry {
        id: "dynamodb-2015-09-20",
        file: "public/dynamodb-2015-09-20.json",
        title: "DynamoDB disruption of 20 September 2015",
        what: "Reported: three minutes of cause, hours of retries",
    },
    Entry {
        id: "training-connections",
        file: "training/connections.json",
        title: "Training: connections not given back",
        what: "Invented: a pool is used up after failed calls",
    },
    Entry {
        id: "training-slow-gateway",
        file: "training/slow-gateway.json",
        title: "Training: a slow gateway and eager clients",
        what: "Invented: retries multiply the load on waiting threads",
    },
    Entry {
        id: "training-costly-release",
        file: "training/costly-release.json",
        title: "Training: a release that costs more CPU",
        what: "Invented: CPU runs out minutes after a roll-out",
    },
];

/// The scenario of this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.id == id)
}
