//! What secrets look like: the rules, as data.
//!
//! The rules decide what is refused, and what was refused must be refused again when an entry is decided again: so they
//! are a part of the engine's semantics and not of a dependency that changes with its releases. A rule names what
//! its kind of secret says of itself; a mere run of random letters is none, since digests, keys and ids look the same.

/// Where a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// In whatever is recorded.
    Everywhere,
    /// In what people and tools write, but not in plans and charters, where it may well stand.
    Words,
}

/// What one kind of secret looks like.
#[derive(Debug)]
pub(super) struct Rule {
    /// The name that findings give.
    pub(super) name: &'static str,
    /// What it is, with its article.
    pub(super) what: &'static str,
    pub(super) scope: Scope,
    /// One of these stands in every match, in whatever case.
    pub(super) keywords: &'static [&'static str],
    /// A regular expression over bytes, without Unicode. What its group `value` holds may also be a reference to a
    /// secret, which is none.
    pub(super) pattern: &'static str,
}

const fn token(
    name: &'static str,
    what: &'static str,
    keywords: &'static [&'static str],
    pattern: &'static str,
) -> Rule {
    Rule { name, what, scope: Scope::Everywhere, keywords, pattern }
}

const fn words(
    name: &'static str,
    what: &'static str,
    keywords: &'static [&'static str],
    pattern: &'static str,
) -> Rule {
    Rule { name, what, scope: Scope::Words, keywords, pattern }
}

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    token(
        "private-key",
        "a private key",
        &["PRIVATE KEY", "PRIVATE+KEY+", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"],
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\+[nr])*[A-Za-z0-9+/]|\bPRIVATE\+KEY\+|\bPuTTY-User-Key-File-\d|\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
    ),
    token(
        "kubeconfig",
        "a kubeconfig with credentials",
        &["client-key-data", "client-certificate-data"],
        r#"\bclient-(?:key|certificate)-data["']?\s*:"#,
    ),
    words(
        "kubeconfig-file",
        "a kubeconfig",
        &["current-context"],
        r#"(?m)(?:^|[\s{,"'])current-context["']?\s*:"#,
    ),
    words(
        "certificate",
        "a certificate",
        &["CERTIFICATE-----"],
        r"-----BEGIN (?:[A-Z0-9]+ )*CERTIFICATE-----",
    ),
    token(
        "connection-string",
        "a connection string with a password",
        &["://"],
        r#"\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:@/?#'"<>]*:(?P<value>[^\s@/'"]{3,})@[^\s@]"#,
    ),
    token(
        "connection-settings",
        "a connection string with a password",
        &["password", "pwd"],
        r#"(?i)\b(?:server|data source|host|user id|uid|user)\s*=[^;\r\n]{1,256};(?:[^;\r\n]{1,256};){0,16}\s*(?:password|pwd)\s*=\s*(?P<value>[^;'"\s]{3,})"#,
    ),
    // The id of a key stands in plans of those who make keys, and the key itself does not.
    words(
        "aws-access-key",
        "an access key of AWS",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    ),
    token(
        "aws-secret-key",
        "a secret access key of AWS",
        &["secret"],
        r#"(?i)\b(?:aws_?)?secret_?(?:access_?)?key\b["']?\s*(?:=|:|=>)\s*["']?(?P<value>[a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)"#,
    ),
    token(
        "google-key",
        "a key or token of Google",
        &["AIza", "ya29.", "GOCSPX-"],
        r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{28}",
    ),
    token(
        "azure-key",
        "a key or signature of Azure",
        &["AccountKey=", "SharedAccessKey=", "sig=", "Q~"],
        r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}|[?&]sig=(?:[A-Za-z0-9+/-]|%2[BbFf]){40,}(?:=|%3[Dd])?|\b[\w~.-]{3}\dQ~[\w~.-]{31,34}",
    ),
    token("alibaba-key", "an access key of Alibaba Cloud", &["LTAI"], r"\bLTAI[A-Za-z0-9]{20}\b"),
    token(
        "digitalocean-token",
        "a token of DigitalOcean",
        &["_v1_"],
        r"\bdo[opr]_v1_[a-f0-9]{64}\b",
    ),
    token(
        "github-token",
        "a token of GitHub",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{22,}",
    ),
    token(
        "gitlab-token",
        "a token of GitLab",
        &[
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-",
            "gloas-", "glsoat-",
        ],
        r"\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[\w=.-]{20,}",
    ),
    token(
        "atlassian-token",
        "a token of Atlassian",
        &["ATATT3", "ATCTT3", "ATBB"],
        r"\bAT[AC]TT3[\w=-]{60,}|\bATBB[A-Za-z0-9]{32}\b",
    ),
    token(
        "slack-token",
        "a token or webhook of Slack",
        &["xox", "xapp-", "hooks.slack.com"],
        r"\bxox[abeoprs](?:\.xox[bp])?-[\w-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+|\bhooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
    ),
    token(
        "chat-token",
        "a token of a chat service",
        &[":AA", "discord"],
        r"\b\d{8,10}:AA[\w-]{33}|\bdiscord(?:app)?\.com/api/webhooks/\d+/[\w-]{30,}",
    ),
    token(
        "payment-key",
        "a key of a payment service",
        &["_live_", "_test_", "whsec_", "sq0", "EAAA"],
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{24,}|\bsq0(?:atp|csp|idp)-[\w-]{22,}|\bEAAA[\w-]{60}\b",
    ),
    token(
        "mail-key",
        "a key of a mail service",
        &["SG.", "xkeysib-", "-us"],
        r"\bSG\.[\w-]{20,24}\.[\w-]{39,50}|\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b|\b[a-f0-9]{32}-us\d{1,2}\b",
    ),
    words("telephony-key", "a key of Twilio", &["SK"], r"\bSK[a-f0-9]{32}\b"),
    token(
        "package-token",
        "a token of a package registry",
        &["npm_", "pypi-AgE", "rubygems_", "dckr_", "cio", "oy2"],
        r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[\w-]{50,}|\brubygems_[a-f0-9]{48}\b|\bdckr_(?:pat|oat)_[\w-]{27,}|\bcio[A-Za-z0-9]{32}\b|\boy2[a-z0-9]{43}\b",
    ),
    token(
        "artifactory-key",
        "a key of Artifactory",
        &["AKCp", "cmVmdGtuO"],
        r"\bAKCp[A-Za-z0-9]{69}\b|\bcmVmdGtuO[A-Za-z0-9]{55}\b",
    ),
    token(
        "model-key",
        "a key of a service for models",
        &["sk-", "hf_", "r8_", "gsk_"],
        r"\bsk-ant-[a-z0-9]+-[\w-]{20,}|\bsk-(?:proj|svcacct|admin|or-v1)-[\w-]{20,}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b|\bhf_[A-Za-z]{34}\b|\br8_[A-Za-z0-9]{37}\b|\bgsk_[A-Za-z0-9]{52}\b",
    ),
    token(
        "vault-token",
        "a token of Vault, or of HCP Terraform",
        &["hvs.", "hvb.", "hvr.", ".atlasv1."],
        r"\bhv[sbr]\.[\w-]{24,}|\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}",
    ),
    token("pulumi-token", "a token of Pulumi", &["pul-"], r"\bpul-[a-f0-9]{40}\b"),
    token(
        "infrastructure-token",
        "a token of an infrastructure service",
        &["dapi", "dp.", "pscale_", "sbp_", "tskey-", "nfp_", "bkua_", "CCIPAT_", "fo1_", "HRKU-"],
        r"\bdapi[a-f0-9]{32}(?:-\d)?\b|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}|\bpscale_(?:tkn|pw|oauth)_[\w=.-]{32,}|\bsbp_[a-f0-9]{40}\b|\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}|\bnfp_[A-Za-z0-9]{36}\b|\bbkua_[a-z0-9]{40}\b|\bCCIPAT_[A-Za-z0-9]{20,}_[a-f0-9]{40}\b|\bfo1_[\w-]{43}\b|\bHRKU-[\w-]{30,}",
    ),
    token(
        "monitoring-token",
        "a token of a monitoring service",
        &[
            "glsa_", "glc_", "NRAK-", "sntrys_", "sntryu_", "sqp_", "squ_", "sqa_", "dt0c01.",
            "dt0s",
        ],
        r"\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b|\bglc_[A-Za-z0-9+/=]{32,}|\bNRAK-[A-Z0-9]{27}\b|\bsntry[su]_[\w+/=-]{40,}|\bsq[pua]_[a-f0-9]{40}\b|\bdt0[cs]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b",
    ),
    token(
        "office-token",
        "a token of an office service",
        &["shpat_", "shpca_", "shppa_", "shpss_", "PMAK-", "lin_api_", "ntn_", "figd_"],
        r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b|\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b|\blin_api_[A-Za-z0-9]{40}\b|\bntn_[0-9]{11}[A-Za-z0-9]{35}\b|\bfigd_[\w-]{40,}",
    ),
    token(
        "jwt",
        "a token in JSON",
        &["eyJ"],
        r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\beyJ[\w-]{10,}\.[\w-]*\.[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}",
    ),
    words(
        "authorization",
        "the credentials of an HTTP request",
        &["authorization"],
        r#"(?i)\bauthorization["']?\s*[:=]\s*["']?(?:basic|bearer|token)\s+(?P<value>[\w+/=.~-]{8,})"#,
    ),
    words(
        "login",
        "a login with its password",
        &["machine", "\"auth\""],
        r#"(?i)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?P<value>\S{3,})|"auth"\s*:\s*"(?-i:[a-z+/]*[A-Z0-9][A-Za-z0-9+/]{6,})={0,2}""#,
    ),
    words(
        "password-hash",
        "the hash of a password",
        &["$2", "$5$", "$6$", "$y$", "$apr1$", "$argon2"],
        r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$(?:5|6|y|apr1)\$[^\s:$]{1,64}\$[./A-Za-z0-9$=,]{20,}|\$argon2(?:id?|d)\$v=\d+\$[^\s:]{20,}",
    ),
    words(
        "database-dump",
        "a dump of a database",
        &[" dump", "PGDMP", "INSERT", "FROM STDIN", "SQLite format 3"],
        r"(?i)-- (?:mysql|mariadb|postgresql)(?: database)?(?: cluster)? dump\b|\bPGDMP|\bINSERT\s+INTO\s+\S{1,128}\s*(?:\([^)]{1,1024}\)\s*)?VALUES\s*\(|\bCOPY\s+\S{1,128}\s*\([^)]{1,1024}\)\s+FROM\s+STDIN\b|\bSQLite format 3\x00",
    ),
    words(
        "environment",
        "an environment variable with a secret",
        &["PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "PASSPHRASE", "PWD"],
        r#"(?m)(?:^|[\s;"'`])(?:[A-Z][A-Z0-9]*_)*(?:[A-Z0-9]*PASSWORD|PASSWD|DB_PWD|[A-Z0-9]*SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|MASTER_?KEY|CREDENTIALS?|PASSPHRASE)=["']?(?P<value>[^\s"'`;]{3,})"#,
    ),
    words(
        "assignment",
        "a password or token with its value",
        &["password", "passwd", "secret", "token", "api", "access", "credential", "passphrase"],
        r#"(?i)(?:^|[^a-z0-9])(?:[a-z0-9]+[_.-])*(?:[a-z0-9]*password|passwd|passphrase|[a-z0-9]*secret|[a-z0-9]*token|api[_-]?key|access[_-]?key|secret[_-]?key|credentials?)["']?\s*(?:=>|:=|=|:)\s*["']?(?P<value>[^\s"'`,;)}\]]{8,})"#,
    ),
];
