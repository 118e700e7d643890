/** The store's benchmark. */
@NullMarked
package dev.paddock.store;

import org.jspecify.annotations.NullMarked;
