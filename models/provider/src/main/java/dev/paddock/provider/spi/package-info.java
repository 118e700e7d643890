/** What a model is: a request in, a stream of events out. */
@NullMarked
package dev.paddock.provider.spi;

import org.jspecify.annotations.NullMarked;
