package dev.paddock.egress;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** One connection of a sandbox to its proxy. */
final class Connection implements Runnable {
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final int FAREWELL_BYTES = 1 << 20;

  private final EgressProxy proxy;
  private final SocketChannel channel;
  private final HttpInput in;
  private final OutputStream out;
  private final Lifetime lifetime;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile Predicate<EgressPolicy> allowed = policy -> true;

  Connection(EgressProxy proxy, SocketChannel channel) throws IOException {
    this.proxy = proxy;
    this.channel = channel;
    this.in = new HttpInput(Channels.newInputStream(channel));
    this.out = Channels.newOutputStream(channel);
    this.lifetime = new Lifetime(proxy.limits());
  }

  EgressProxy proxy() {
    return proxy;
  }

  SocketChannel channel() {
    return channel;
  }

  HttpInput in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  Lifetime lifetime() {
    return lifetime;
  }

  /** Something that ends with the connection. */
  <T extends Closeable> T owned(T resource) {
    open.add(resource);
    return resource;
  }

  void disown(Closeable resource) {
    open.remove(resource);
  }

  /** Ends what it owns before it ends itself. */
  void release(Closeable resource) {
    closeQuietly(resource);
    disown(resource);
  }

  int owns() {
    return open.size();
  }

  @Override
  public void run() {
    try {
      one();
      farewell();
    } catch (IOException gone) {
      return; // whoever would be told has left; what was asked is in the log
    } finally {
      close();
      proxy.forget(this);
    }
  }

  /** Plain HTTP: one request, so that nothing can be smuggled behind it. */
  private void one() throws IOException {
    boolean more = true;
    while (more) {
      Account account = new Account(proxy.limits());
      more = log(account, out, () -> request(account));
    }
  }

  private boolean request(Account account) throws IOException, Refused {
    lifetime.within(proxy.limits().headTime(), "no complete request");
    Optional<RequestHead> head = RequestHead.read(in, proxy.headBytes());
    if (head.isEmpty()) {
      return false;
    }
    lifetime.withoutHurry();
    account.method(head.get().method());
    requireRate();
    if (head.get().connect()) {
      new Tunnel(this, account, proxy.target(head.get().target(), 0)).run();
      return false;
    }
    RequestHead.Absolute url = head.get().absolute();
    Target target = proxy.target(url.authority(), Exchange.HTTP);
    return new Exchange(this, in, out, head.get(), target, url.path(), Exchange.HTTP, account)
        .run(new Upstreams(this, target, false));
  }

  void requireRate() throws Refused {
    if (!proxy.rate().take(System.nanoTime())) {
      throw Refused.denied(
          Denial.LIMIT,
          "more than %d requests a minute; go slower"
              .formatted(proxy.limits().requestsPerMinute()));
    }
  }

  /** A step of a request, to be logged whatever comes of it. */
  interface Step {
    /** Whether another request may follow. */
    boolean run() throws IOException, Refused;
  }

  /** Runs a request, answers for it if it is refused, and logs it. */
  boolean log(Account account, OutputStream answers, Step step) throws IOException {
    boolean more = false;
    Optional<Refused> refused = Optional.empty();
    try {
      more = step.run();
    } catch (Refused e) {
      refused = Optional.of(e);
    } catch (EgressException e) {
      refused = Optional.of(refusal(e));
    } catch (IOException e) {
      refused = failure(account, e);
    } catch (RuntimeException e) { // a fault of ours must not look like silence
      refused = Optional.of(Refused.failed(500, "the proxy failed: " + e));
    }
    if (refused.isEmpty()) {
      if (!account.nothing()) {
        proxy.log(account.done());
      }
      return more;
    }
    boolean answersNow = !account.answered() && channel.isOpen();
    if (answersNow) {
      account.answered(refused.get().status());
    }
    proxy.log(account.refused(refused.get())); // whoever asked for the program finds it in the log
    if (answersNow) {
      answers.write(refused.get().answer());
      answers.flush();
    }
    return more;
  }

  /** What a broken connection means; nothing, if nothing was asked. */
  private Optional<Refused> failure(Account account, IOException e) {
    String why = String.valueOf(e.getMessage());
    if (lifetime.ended().isPresent()) {
      return Optional.of(Refused.denied(Denial.LIMIT, lifetime.ended().get()));
    }
    return switch (e) {
      case BadMessage bad -> Optional.of(Refused.denied(Denial.REQUEST, why));
      case Account.LimitReached limit -> Optional.of(Refused.tooLarge(why));
      default ->
          account.nothing()
              ? Optional.empty()
              : Optional.of(Refused.failed(502, "broken off: " + why));
    };
  }

  private static Refused refusal(EgressException e) {
    String why = e.getMessage();
    return switch (e.code()) {
      case PERMISSION_DENIED -> Refused.denied(Denial.ADDRESS, why);
      case INVALID_REQUEST -> Refused.denied(Denial.REQUEST, why);
      default -> Refused.failed(502, why);
    };
  }

  /**
   * Says whether a request may be made, after asking a person if need be, and where it goes.
   *
   * @param question the same question, to be asked of every later policy while this runs
   */
  Route route(Target target, Account account, Question question) throws Refused {
    Decision.Allow allow = allow(target, question);
    account.allowedBy(allow.rule());
    Predicate<EgressPolicy> still =
        policy ->
            switch (question.ask(policy)) {
              case Decision.Allow again -> again.tcp() == allow.tcp();
              case Decision.Deny deny -> false;
              case Decision.Ask ask -> proxy.approvals().given(target);
            };
    allowed = still;
    if (proxy.has(EgressMeasure.RULES) && !still.test(proxy.policy())) { // it changed just now
      throw Refused.denied(Denial.HOST, "the environment's list has changed: try again");
    }
    if (!proxy.has(EgressMeasure.ADDRESSES)) {
      return new Route(
          allow,
          proxy.guard().lookUp(target.host()).stream()
              .map(address -> new InetSocketAddress(address, target.port()))
              .toList());
    }
    return new Route(allow, proxy.guard().resolve(target, allow.named(), allow.anyAddress()));
  }

  private Decision.Allow allow(Target target, Question question) throws Refused {
    if (!proxy.has(EgressMeasure.RULES)) {
      return new Decision.Allow("none", true, true, false);
    }
    return switch (question.ask(proxy.policy())) {
      case Decision.Allow allow -> allow;
      case Decision.Deny deny -> throw Refused.denied(deny.denial(), deny.why());
      case Decision.Ask ask -> {
        lifetime.withoutHurry();
        proxy.approvals().require(target, proxy.limits().askTime());
        yield new Decision.Allow("approved", false, true, false);
      }
    };
  }

  interface Question {
    Decision ask(EgressPolicy policy);
  }

  /** Where a request goes. */
  record Route(Decision.Allow allow, List<InetSocketAddress> addresses) {}

  /** Whether what runs would be allowed now. */
  boolean allowedUnder(EgressPolicy policy) {
    return allowed.test(policy);
  }

  void end(String why) {
    lifetime.end(why);
    close();
  }

  /** Lets the last answer arrive: closing over unread bytes would break it off. */
  private void farewell() throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    lifetime.within(FAREWELL, "the sandbox did not stop sending");
    channel.shutdownOutput();
    byte[] rest = new byte[8192];
    int seen = 0;
    for (int n = in.read(rest); n >= 0 && seen < FAREWELL_BYTES; n = in.read(rest)) {
      seen += n;
    }
  }

  private void close() {
    closeQuietly(channel);
    open.forEach(Connection::closeQuietly);
  }

  private static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException alreadyBroken) {
      return;
    }
  }
}
