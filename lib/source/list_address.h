/* Addresses of mailing lists and their archives, told from those of Bugzillas. Private to this floor. */
#ifndef SOURCE_LIST_ADDRESS_H
#define SOURCE_LIST_ADDRESS_H

/* What works for the list that an address is of, in a sentence; NULL: it looks like none. */
const char *lapse_list_advice(const char *address);

#endif
