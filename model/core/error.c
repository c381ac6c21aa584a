/* Pipeline-level errors: a code and the text that people see. */
#include <simrun/core.h>

static void error_replace(struct error *err, int code, char *text)
{
    mem_free(err->text);
    err->code = code;
    err->text = text;
}

int(error_set)(struct domain *d, struct error *err, int code, const char *fmt, ...)
{
    if (code == CODE_FATE || !err) {
        return code;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(d, fmt, ap);
    va_end(ap);
    if (!text) {
        return CODE_FATE;
    }
    error_replace(err, code, text);
    return code;
}

int error_code(struct domain *d, struct error *err, int code)
{
    return error_set(d, err, code, "%s", code_text(code));
}

int error_wrap(struct domain *d, struct error *err, const char *fmt, ...)
{
    struct str s;
    va_list ap;
    str_init(&s, d);
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    str_add(&s, ": ");
    str_add(&s, err->text ? err->text : code_text(err->code));
    char *text = str_take(&s);
    if (!text) {
        str_release(&s);
        return CODE_FATE;
    }
    error_replace(err, err->code, text);
    return err->code;
}

void error_release(struct error *err)
{
    mem_free(err->text);
    *err = (struct error){0};
}
