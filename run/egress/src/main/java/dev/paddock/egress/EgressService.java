package dev.paddock.egress;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/** Starts the proxies of this process's sandboxes, and holds what they share. */
public final class EgressService implements AutoCloseable {
  private static final long WATCH_NANOS = 200_000_000;

  private final EgressFolder folder;
  private final AddressGuard guard;
  private final TrustedRoots roots;
  private final SSLContext trust;
  private final EgressOptions options;
  private final Set<EgressProxy> proxies = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param base a folder of its own, at most 75 bytes long, for sockets and certificates; what
   *     killed processes left there is removed
   */
  public static EgressService start(Path base, AddressGuard guard) {
    return new EgressService(
        EgressFolder.create(base), guard, TrustedRoots.ofThisMachine(), EgressOptions.PRODUCTION);
  }

  /** Whether a path is short enough for sockets to lie below it. */
  public static boolean fits(Path base) {
    return EgressFolder.fits(base);
  }

  /**
   * Removes what killed processes left in a base folder, if it is there.
   *
   * @return of how many processes
   */
  public static int sweep(Path base) {
    return EgressFolder.sweep(base);
  }

  EgressService(
      EgressFolder folder, AddressGuard guard, TrustedRoots roots, EgressOptions options) {
    this.folder = folder;
    this.guard = guard;
    this.roots = roots;
    this.trust = roots.context();
    this.options = options;
    Thread.ofPlatform().daemon().name("paddock-egress-watch").start(this::watch);
  }

  /** A proxy with the default limits that asks nobody. */
  public EgressProxy open(EgressPolicy policy, EgressListener listener) {
    return open(
        policy, EgressLimits.DEFAULT, listener, target -> CompletableFuture.completedFuture(false));
  }

  /**
   * Starts the proxy of one sandbox.
   *
   * @param approver asked about hosts that no rule names, if the policy says so
   */
  public EgressProxy open(
      EgressPolicy policy, EgressLimits limits, EgressListener listener, Approver approver) {
    EgressProxy proxy =
        new EgressProxy(this, folder.open(), policy, limits, listener, approver, options);
    proxies.add(proxy);
    return proxy;
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(WATCH_NANOS);
      long now = System.nanoTime();
      for (EgressProxy proxy : proxies) {
        try {
          proxy.watch(now);
        } catch (RuntimeException e) { // without its time limits it must not go on
          proxy.fail(e);
        }
      }
    }
  }

  AddressGuard guard() {
    return guard;
  }

  TrustedRoots roots() {
    return roots;
  }

  SSLContext trust() {
    return trust;
  }

  void forget(EgressProxy proxy) {
    proxies.remove(proxy);
  }

  /** Closes every proxy and removes the folder. */
  @Override
  public void close() {
    proxies.forEach(EgressProxy::close);
    closed = true;
    folder.remove();
  }
}
