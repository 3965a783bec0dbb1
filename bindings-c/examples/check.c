/* Checks a bucket against a policy: prints `deny policy.failed`.
 *
 *     cc check.c $(pkg-config --cflags --libs poundlock) -o check
 */

#include <poundlock.h>
#include <stdio.h>
#include <string.h>

#define TEXT(text) (text), strlen(text)

int main(void)
{
    const char *storage = "{\"pack\": \"pack: storage\\nversion: 1.0.0\\npolicies:\\n"
                          "  - name: buckets-are-named\\n"
                          "    description: A bucket needs a name of its own.\\n"
                          "    match: { resources: [aws_s3_bucket] }\\n"
                          "    validations:\\n"
                          "      - expression: object.bucket.startsWith('acme-')\\n\"}";
    const char *bucket = "{\"resources\": [{\"type\": \"aws_s3_bucket\","
                         " \"address\": \"aws_s3_bucket.logs\", \"object\": {\"bucket\": \"logs\"}}]}";
    poundlock_pack *pack = NULL;
    poundlock_plan *plan = NULL;
    poundlock_buffer output = {0};
    int32_t status = poundlock_pack_parse(TEXT(storage), &pack, &output);
    if (status == POUNDLOCK_OK) {
        status = poundlock_plan_read(TEXT("{\"format\":\"resources\"}"), TEXT(bucket), &plan, &output);
    }
    if (status == POUNDLOCK_OK) {
        status = poundlock_pack_call(pack, plan, TEXT("check"), NULL, 0, &output);
    }
    if (status != POUNDLOCK_OK) {
        fprintf(stderr, "%s\n", (char *)output.data);
    } else if (strncmp((char *)output.data, TEXT("{\"verdict\":\"deny\"")) == 0) {
        puts(strstr((char *)output.data, "\"policy.failed\"") ? "deny policy.failed" : "deny");
    }
    poundlock_buffer_free(&output);
    poundlock_plan_free(plan);
    poundlock_pack_free(pack);
    return status == POUNDLOCK_OK ? 0 : 1;
}
