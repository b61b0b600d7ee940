#include "late.h"

#include <dlfcn.h>

#include "lapse/error.h"

int
late_load(const char *library, const char *package, const struct late_function *functions, size_t n)
{
	void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	if (loaded == NULL)
		return lapse_fail(LAPSE_EFAIL, "a library is not here (%s); install Debian's %s", dlerror(), package);
	for (size_t i = 0; i < n; i++) {
		void *function = dlsym(loaded, functions[i].name);

		if (function == NULL) {
			dlclose(loaded);
			return lapse_fail(LAPSE_EFAIL, "%s has no %s; Debian 12's %s has", library, functions[i].name, package);
		}
		*(void **)functions[i].place = function;	/* as POSIX has dlsym used */
	}
	return 0;
}
