/** Keeps the session log, resources, leases and blobs on a database. */
@NullMarked
package dev.paddock.store;

import org.jspecify.annotations.NullMarked;
