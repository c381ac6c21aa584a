/* simrun serve and simrun p9: the gofer and the client of the model, with peers that others wrote.
 */
#include "cli.h"

#include <simrun/sim/p9tool.h>
#include <unistd.h>

/* An exit code; the complaint is made. */
static int end(struct cli *c, int code, struct error *err)
{
    if (code == 0) {
        return finish_output(c);
    }
    if (code == -EPIPE && ferror(c->env->out)) {
        error_release(err);
        return EXIT_PIPE;
    }
    int exit_code = complain(c, code == CODE_FATE ? EXIT_HARNESS : EXIT_FAILED, "%s",
                             err->text ? err->text : "out of memory");
    error_release(err);
    return exit_code;
}

static struct p9tool_env tool_env(struct cli *c)
{
    return (struct p9tool_env){
        .out = c->env->out, .in = stdin, .stop_fd = -1, .now = c->env->now, .arg = c->env->arg};
}

static enum p9_personality personality(const char *name)
{
    if (!name || strcmp(name, "auto") == 0) {
        return P9_AUTO;
    }
    return strcmp(name, "gv") == 0 ? P9_GV : P9_STD;
}

static int check_address(struct cli *c, const char *text)
{
    return p9tool_is_address(text)
               ? 0
               : complain(c, EXIT_USAGE,
                          "%s is no address: unix:PATH, HOST:PORT, :PORT or fd:NUMBER are", text);
}

int cmd_serve(struct cli *c)
{
    static const char *const default_listen[] = {"127.0.0.1:5640"};
    struct p9tool_env env = tool_env(c);
    struct error err = {0};
    const struct ptrvec *listen = &c->o.listen;
    const struct p9tool_serve_options o = {
        .dir = c->o.words.p[0],
        .listen = listen->n ? (const char *const *)listen->p : default_listen,
        .n_listen = listen->n ? listen->n : 1,
        .writable = c->o.writable,
        .any_address = c->o.any_address,
        .personality = personality(c->o.dialect),
        .msize = (uint32_t)c->o.msize,
        .connections = (uint32_t)c->o.connections,
    };
    for (size_t i = 0; i < o.n_listen; i++) {
        int code = check_address(c, o.listen[i]);
        if (code) {
            return code;
        }
    }
    env.stop_fd = cli_watch(c);
    return end(c, p9tool_serve(c->d, &env, &o, &err), &err);
}

int cmd_p9(struct cli *c)
{
    const struct p9tool_env env = tool_env(c);
    struct error err = {0};
    char *const *words = (char *const *)c->o.words.p;
    size_t n = c->o.words.n;
    struct p9tool_p9_options o = {
        .address = words[1],
        .path = n > 2 ? words[2] : "/",
        .local = n > 3 && strcmp(words[3], "-") != 0 ? words[3] : NULL,
        .aname = c->o.aname,
        .uname = c->o.uname,
        .n_uname = c->o.uid < 0 ? (uint32_t)geteuid() : (uint32_t)c->o.uid,
        .version = c->o.protocol,
        .msize = (uint32_t)c->o.msize,
        .long_format = c->o.long_format,
        .count = (uint32_t)c->o.turns,
    };
    if (p9tool_action_parse(words[0], &o.action)) {
        return complain(c, EXIT_USAGE, "p9 %s: ls, stat, cat, tree, put and bench are there",
                        words[0]);
    }
    if (o.action == P9TOOL_PUT ? n < 3 : n > 3) {
        return complain(c, EXIT_USAGE, "p9 %s: too %s words", words[0], n < 3 ? "few" : "many");
    }
    if (!p9tool_is_address(o.address)) {
        return check_address(c, o.address);
    }
    return end(c, p9tool_p9(c->d, &env, &o, &err), &err);
}
