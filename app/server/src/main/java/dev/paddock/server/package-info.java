/** The HTTP server: authentication, routes, bodies, streams, health and metrics. */
@NullMarked
package dev.paddock.server;

import org.jspecify.annotations.NullMarked;
