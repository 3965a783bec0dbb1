/* Small documents to test with. */

#ifndef POUNDLOCK_TESTS_DOCUMENTS_H
#define POUNDLOCK_TESTS_DOCUMENTS_H

#define PACK                                                                                       \
    "{\"pack\":\"pack: storage\\nversion: 1.0.0\\npolicies:\\n"                                    \
    "  - name: buckets-are-named\\n    description: A bucket needs a name of its own.\\n"            \
    "    match: { resources: [aws_s3_bucket] }\\n"                                                 \
    "    validations: [{ expression: object.bucket.startsWith('acme-') }]\\n\"}"

#define CHARTER                                                                                    \
    "{\"charter\":\"charter: small\\nversion: 1.0.0\\nunmatched: deny\\nidentity: asserted\\n"     \
    "actors:\\n  - { actor: scanner, kind: workload }\\n  - { actor: deployer, kind: workload }\\n"  \
    "gates: [{ gate: card, about: artifact, producers: [scanner], maxAge: 24h }]\\n"               \
    "tracks:\\n  - track: models\\n    moves: artifact\\n"                                         \
    "    stages: [{ stage: registry, grants: { promote: [deployer] } }]\\n"                         \
    "    boundaries: [{ into: registry, gates: [card] }]\\n\","                                    \
    "\"lock\":\"lock: 1\\npacks: []\\n\",\"packs\":[]}"

#define BEGIN "{\"origin\":\"acme/small\",\"at\":\"2026-03-02T08:00:00Z\"}"

/* A plan with one bucket of this name. */
#define BUCKET(name)                                                                               \
    "{\"resources\":[{\"type\":\"aws_s3_bucket\",\"address\":\"aws_s3_bucket.logs\","               \
    "\"object\":{\"bucket\":\"" name "\"}}]}"

#define FORMAT "{\"format\":\"resources\"}"

#define ARTIFACT "\"sha256:9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4\""

#define FACT                                                                                       \
    "{\"id\":\"card-1\",\"at\":\"2026-03-02T09:00:00Z\",\"channel\":\"ci\","                       \
    "\"actor\":{\"id\":\"scanner\",\"kind\":\"workload\"},\"fact\":{\"evidence\":{"                \
    "\"about\":{\"artifact\":" ARTIFACT "},\"gate\":\"card\","                                     \
    "\"produced\":\"2026-03-02T09:00:00Z\",\"result\":\"pass\"}}}"

#define REQUEST                                                                                    \
    "{\"id\":\"promote-1\",\"at\":\"2026-03-02T09:01:00Z\",\"channel\":\"ci\","                    \
    "\"actor\":{\"id\":\"deployer\",\"kind\":\"workload\"},\"action\":\"promote\","                 \
    "\"asset\":\"model\",\"stage\":\"registry\",\"reason\":\"a new model\","                       \
    "\"subject\":{\"artifact\":{\"author\":\"alice\",\"digest\":" ARTIFACT "}}}"

#endif
