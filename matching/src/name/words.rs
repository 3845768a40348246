//! What is known of words before any list is seen: which tell companies apart, and which only say what or where they are.

use crate::{hash::Table, words::word_hash};
use std::sync::LazyLock;

/// What a word says in a company's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Anything else: a brand, a person, a word that few use.
    Own,
    /// Frequent in names, and yet the name: "united", "golden".
    Common,
    /// Where a company is, or which part of the world a subsidiary serves.
    Place,
    /// What a company does, or what it is: "technology", "university".
    Trade,
}

/// In how many of 2^bits names the word is, if no list says more.
pub(crate) fn known_bits(kind: Kind, word: &str) -> f32 {
    match kind {
        // How often two companies of 27,762 listed ones have a word of so many letters in common, if it is in none of the
        // lists below.
        Kind::Own => match word.len() {
            0..=1 => 7.5,
            2 => 12.5,
            3 => 13.5,
            4 => 14.0,
            _ => 14.5,
        },
        Kind::Common => 9.0,
        Kind::Place => 8.0,
        Kind::Trade => 7.0,
    }
}

pub(crate) fn kind(word: &str) -> Kind {
    KINDS.get(&word_hash(word)).copied().unwrap_or(Kind::Own)
}

/// What people add to a name in a CRM; never part of one when it stands behind a dash or a stroke.
pub(super) fn is_note(word: &str) -> bool {
    matches!(
        word,
        "hq" | "headquarters"
            | "headquarter"
            | "head"
            | "office"
            | "main"
            | "parent"
            | "do"
            | "not"
            | "contact"
            | "use"
            | "dnc"
            | "old"
            | "new"
            | "merged"
            | "duplicate"
            | "dup"
            | "dupe"
            | "inactive"
            | "active"
            | "test"
            | "closed"
            | "emea"
            | "apac"
            | "amer"
            | "americas"
            | "latam"
            | "anz"
            | "dach"
            | "nordics"
            | "us"
            | "usa"
            | "uk"
            | "eu"
            | "global"
            | "worldwide"
            | "international"
            | "prospect"
            | "customer"
            | "partner"
            | "churned"
            | "lost"
            | "won"
            | "key"
            | "account"
            | "strategic"
            | "enterprise"
            | "corporate"
            | "region"
            | "north"
            | "south"
            | "east"
            | "west"
            | "america"
            | "europe"
            | "asia"
            | "tbd"
            | "archived"
            | "acquired"
            | "formerly"
    )
}

static KINDS: LazyLock<Table<u64, Kind>> = LazyLock::new(|| {
    let lists = [(COMMON, Kind::Common), (PLACES, Kind::Place), (TRADES, Kind::Trade)];
    let words = lists.iter().flat_map(|(words, kind)| words.split_whitespace().map(move |word| (word, *kind)));
    words
        .map(|(word, kind)| {
            let mut stem = String::new();
            super::push_stem(word, &mut stem);
            (word_hash(&stem), kind)
        })
        .collect()
});

/// Of a word in several lists the last one counts.
const COMMON: &str = "
    advance advanced alliance allied alpha apex apollo applied arrow atlantic atlas beta better big black blue bright bridge
    brother capital central century chain city classic clean clear common consolidated core creative crown delta 
    direct discovery dragon dynamic eagle earth eastern easy eco elite emerald emperor empire euro express far fine first
    focus fortune forward frontier future galaxy general genesi gold golden good grand great green grid group growth
    guardian harbor harmony heritage high hill home horizon human icon ideal imperial impact independent infinity inner
    innovative insight intelligent inter jade joint key king lake land leading legacy
    legend liberty life light link lion live long lotu mega metro micro mobile modern moon mountain multi national natural
    neo net new next nexu noble north northern nova novu ocean omega omni on one online open oriental orient original pacific
    pan paramount park peak pearl people phoenix pioneer planet platinum plus point power premier premium president prime
    pro prosperity pure quality quantum quest rapid real red reliance river rock royal select senior seven silver sky smart
    social solid sonic south southern special spring standard star state sterling street strategic summit sun sunrise
    sunshine super superior supreme swift synergy titan top total touch tower tree triple true trust trusted ultra union
    unique united unity universal up urban valley value vertex victory vision vista vital wall water well west western white
    wild wind wise wonder world young zen zenith
";

const PLACES: &str = "
    africa african alabama alaska america american amsterdam andhra anhui arab arabia arabian arctic argentina argentine
    arizona asia asian asean athen atlanta austin australia australian austria austrian bahrain baltic bangalore bangkok
    bangladesh barcelona bavaria beijing belgium belgian bengal berlin bharat bohai bombay boston brasil brazil brazilian
    bristol british brussel bulgaria california cambodia cambridge canada canadian caribbean carolina cayman changzhou chengdu
    chennai chicago chile chilean china chinese chongqing chuo colombia colorado columbia connecticut copenhagen croatia cypru
    czech dakota dalian dallas danish danmark delaware delhi denmark denver detroit deutsche deutschland deutscher dongguan
    dubai dublin dutch east ecuador edinburgh egypt egyptian emea emirate england english espana estonia europe european
    finland finnish florida formosa france francaise france french fujian gansu geneva georgia german germany ghana glasgow
    greece greek guangdong guangxi guangzhou guizhou gujarat gulf hainan hamburg hanoi hangzhou harbin hawaii hebei hefei
    helsinki henan hellenic hindustan hokkaido holland hong hongkong houston hubei hunan hungary hungarian iceland idaho
    illinoi india indian indiana indo indonesia iowa iran iraq ireland irish israel israeli istanbul italia italian italy
    jakarta japan japanese jersey jiangsu jiangxi jilin jinan johannesburg jordan kansa kazakhstan kentucky kenya kerala
    kingdom kobe kolkata kong korea korean kuwait kyoto kyushu lahore latam latvia lebanon liaoning lisbon lithuania london
    louisiana luxembourg lyon macau madrid magyar maine malaysia malaysian malta manchester manila maryland massachusett
    mediterranean melbourne mexico mexicana michigan middle milan minnesota mississippi missouri mongolia montana montreal
    morocco moscow mumbai munich nagoya nanjing nebraska nederland nederlandse netherland nevada nigeria nihon ningbo ningxia
    nippon nordic northwest norway norwegian norsk ohio oklahoma oman ontario oregon osaka oslo oxford pakistan panama pari
    pennsylvania perth peru philadelphia philippine philippinen pittsburgh poland polish polska portugal portuguese prague
    pune qatar qingdao quebec queensland rico rio romania rome rotterdam russia russian san santiago saudi scandinavia
    scandinavian schweiz scotland scottish seattle seoul serbia shaanxi shandong shanghai shanxi shenzhen siam sichuan
    singapore sino slovakia slovenia southeast spain spanish stockholm sudan suisse suzhou sverige svenska sweden swedish
    swiss switzerland sydney taipei taiwan tanzania tennessee texa thai thailand tianjin tibet tohoku tokai tokyo toronto
    turkey turkish turkiye uganda uk ukraine ulsan uruguay us usa utah vancouver venezuela victoria vienna vietnam virginia
    wale warsaw washington wisconsin wuhan wuxi wyoming xiamen xinjiang yantai york yunnan zagreb zambia zealand zhejiang
    zhuhai zimbabwe zurich apac emea dach benelux
";

const TRADES: &str = "
    academy accounting acquisition adhesive administration advertising advisor advisory aerospace aero agency agri
    agricultural agriculture agro air aircraft airline airport airway alloy aluminium aluminum analytic animal animation
    apparel app application appliance architect art asset associate association assurance asuransi authority auto automation
    automobile automotive aviation banca banco bancorp bancshare bank banka bankasi bankshare banking banque battery bearing
    beauty beverage bio biologic biological biomedical biopharma biopharmaceutical bioscience biotech biotechnology
    biotherapeutic blockchain board brand brewery broadband broadcasting broker building bureau business cable camera cannabis
    capital carbon card cardio care cargo casino catering cell cement center centre ceramic certification chemical chemie
    cimento cinema circuit clinic clinical clothing cloud club coal coating coffee college comercio commerce commercial
    commission committee commodity communication community component composite computer computing concept concrete
    confederation connect connection construction constructor consult consultancy consultant consulting consumer container
    content contractor control cooperative copper corporate cosmetic council credit cruise culture cultural custom cyber dairy
    data decoration defence defense delivery dental department design developer development device diagnostic diamond digital
    dining display distribution distributor distribuidora drilling drug eco ecology edition education educational edutech
    electric electrical electricity electro electronic elektrik elektronik element elevator energia energie energy energi
    engenharia engine engineer engineering enterprise entertainment environment environmental equipment equity estate event
    exchange expert exploration export expressway fabric facility factoring factory farm fashion fashion fastighet federal
    federation feed fertilizer fiber fibre film finance financial financiere fintech fire fishery fishing fitness flight
    flooring flour foil fond food footwear forest forestry forge foundation foundry freight fruit fuel fund furniture future
    gallery game gaming garden garment gas gaz gayrimenkul gear gene generation genetic genomic gida glass gmbh gold government
    graphic grain graphite gruppe handel hardware health healthcare heavy hi highway hitech hospital hospitality hotel house
    housing hydro imaging immobilien import inc income incubator industria industrial industrie industri industry info
    information informatik infotech infra infrastructure ingenieria inmobiliaria innovation institut institute institution
    instrument insulation insurance integration intelligence interior internasional internet invest investama investimento
    investment investor iron it jewellery jewelry journal kogyo kommunikation lab label laboratory laboratorie land laser
    leasehold leasing leisure lease library licensing life lifescience lifestyle light lighting line liquor lithium living
    llc loan logistic lottery lumber luxury machine machinery magazine magnet mail management manufacturer manufacturing
    marine maritime market marketing material maternity meat mechanical mechatronic media medical medicine medien mall
    membrane memorial metal metallurgical metallurgy meter mfg microelectronic milk mill mine mineral mining ministry mission
    mobile mobility model mold money mortgage motor movie municipal museum music mutual nano nanotechnology natural navigation
    network new news nickel nuclear nutrition office offshore oil oncology online operation operator optic optical optic
    optoelectronic optronic orchestra ore organic organisation organization outdoor outsourcing packaging paint paper part
    participacoes partner partnership party payment pension people performance personal pet petrochemical petroleum petro
    pharm pharma pharmaceutical pharmacy philharmonic photo photonic photovoltaic picture pipe pipeline plan planning plant
    plastic plast platform plating plumbing polymer polytechnic pork port portfolio post poultry power precision press
    preschool print printing private process processing procurement produce product production productora program project
    promotion property propertie protection protein public publication publisher publishing pump radio rail railroad railway
    ranch rayon reality realty receivable recovery recruitment recycling refinery refining refractory refrigeration regional
    reit rental renewable repair research reserve residence residential resin resort resource response restaurant result
    retail retirement rice ride road robot robotic room royalty rubber safety sale salmon salt sanayi sanayii sangyo school
    science scientific seafood secure security securities seed seisakusho semiconductor sensor serve service settlement shale
    share ship shipbuilding shipping shipyard shoe shop shopping silicon silk society soft software solar solution sound space
    spa spectrum spice spinning spirit sport square staffing stainless state station statistic steel stock storage store
    studio sugar supermarket supply support surgery surgical survey sustainability switch symphony system tannery tea
    technic technical technik technique technology technologie teknologi tekstil tech telecom telecommunication telekom
    telephone television terminal test testing textile theater theatre therapeutic therapy thermal ticaret tile timber tire
    tissue titanium tobacco tool tour tourism toy trade trading traffic training transformer transit transmission transport
    transportation travel treasury truck tube tungsten turbine turizm tv tyre union universidad universidade universita
    universitat universitaet universite universiteit university uranium utility vacation vaccine valve vehicle venture
    verlag veterinary video vineyard vision voice ware warehouse waste watch water wealth wear weaving web welding welfare
    wellness wheel wholesale wind window wine winery wire wireless wood wool work working workshop world yarn yatirim yacht
    zinc zoo international global worldwide integrated interactive digital ticari foodservice lifesciences
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_word_says_does_not_hang_on_its_number() {
        for (word, expected) in [
            ("technology", Kind::Trade),
            ("systems", Kind::Trade),
            ("paris", Kind::Place),
            ("united", Kind::Common),
            ("acme", Kind::Own),
        ] {
            let mut stem = String::new();
            super::super::push_stem(word, &mut stem);
            assert_eq!(kind(&stem), expected, "{word}");
        }
    }
}
