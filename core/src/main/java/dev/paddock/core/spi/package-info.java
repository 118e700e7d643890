/**
 * What other modules implement: the session log, blobs, leases, tools and the hands that run them.
 */
@NullMarked
package dev.paddock.core.spi;

import org.jspecify.annotations.NullMarked;
