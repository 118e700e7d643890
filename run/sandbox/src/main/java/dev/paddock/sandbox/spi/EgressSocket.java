package dev.paddock.sandbox.spi;

import java.nio.file.Path;

/**
 * The way out of a sandbox: a proxy that listens outside.
 *
 * @param socket the host's Unix socket where the proxy of this sandbox speaks HTTP/1.1
 * @param certificates a host folder with {@code ca.pem}, {@code bundle.pem} and {@code trust.p12}:
 *     what programs in the box are to trust when the proxy looks into HTTPS
 */
public record EgressSocket(Path socket, Path certificates) {}
