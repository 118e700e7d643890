/** What an API dialect is made of: routes, and the shapes of its errors. */
@NullMarked
package dev.paddock.server.spi;

import org.jspecify.annotations.NullMarked;
