/* A value for those who work with cJSON. */
#include <cjson/cJSON.h>
#include <simrun/sim/json.h>

static cJSON *copy(const struct json *v);

static cJSON *copy_items(const struct json *v, cJSON *to)
{
    if (!to) {
        return NULL;
    }
    json_for_each(it, v)
    {
        if (it->shadowed) {
            continue;
        }
        cJSON *item = copy(it);
        if (!item) {
            cJSON_Delete(to);
            return NULL;
        }
        if (it->key ? !cJSON_AddItemToObject(to, it->key, item) : !cJSON_AddItemToArray(to, item)) {
            cJSON_Delete(item);
            cJSON_Delete(to);
            return NULL;
        }
    }
    return to;
}

static cJSON *copy(const struct json *v)
{
    switch (v->type) {
    case JSON_NULL:
        return cJSON_CreateNull();
    case JSON_FALSE:
    case JSON_TRUE:
        return cJSON_CreateBool(v->type == JSON_TRUE);
    case JSON_NUMBER:
        return cJSON_CreateNumber(strtod(v->text, NULL));
    case JSON_STRING:
        return cJSON_CreateString(v->text);
    case JSON_ARRAY:
        return copy_items(v, cJSON_CreateArray());
    case JSON_OBJECT:
        return copy_items(v, cJSON_CreateObject());
    }
    return NULL;
}

int json_to_cjson(struct domain *d, const struct json *v, struct cJSON **ret)
{
    cJSON *made = copy(v);
    if (!made) {
        return domain_oom(d);
    }
    *ret = made;
    return 0;
}
