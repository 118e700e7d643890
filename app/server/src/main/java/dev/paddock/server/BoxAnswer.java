package dev.paddock.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The answer of a program, which may be anything: read strictly, and not faster than it is used.
 */
final class BoxAnswer implements HttpParser.ResponseHandler {
  private static final int MOST_HEAD = 32 << 10;
  private static final int MOST_INTERIM = 8;
  private static final int BUFFER = 64 << 10;

  private final InputStream in;
  private final HttpParser parser;
  private final byte[] bytes = new byte[BUFFER];
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private final List<HttpField> fields = new ArrayList<>();
  private int status;
  private int interim;
  private boolean headed;
  private boolean complete;
  private String bad = "";

  /**
   * @param head whether the answer to a HEAD, which has no body
   */
  BoxAnswer(InputStream in, boolean head) {
    this.in = in;
    this.parser = new HttpParser(this, MOST_HEAD, HttpCompliance.RFC9110);
    parser.setHeadResponse(head);
  }

  /** Reads on until the head of the answer proper is there. */
  void readHead() throws IOException {
    while (!headed) {
      if (complete) {
        complete = false;
        parser.reset();
      }
      advance();
    }
  }

  int status() {
    return status;
  }

  List<HttpField> fields() {
    return fields;
  }

  /** The next bytes of the body, at least one; empty at its end. */
  ByteBuffer nextBody() throws IOException {
    while (!piece.hasRemaining() && !complete) {
      advance();
    }
    ByteBuffer next = piece;
    piece = BufferUtil.EMPTY_BUFFER;
    return next;
  }

  /** What was read beyond the head, where it begins another protocol. */
  ByteBuffer rest() {
    return buffer;
  }

  private void advance() throws IOException {
    if (!buffer.hasRemaining()) {
      int read = in.read(bytes);
      if (read < 0) {
        if (!headed) { // which the parser would take for its end
          throw PreviewRefusal.badAnswer("it ends before its head does");
        }
        parser.atEOF();
        buffer = ByteBuffer.allocate(0);
      } else {
        buffer = ByteBuffer.wrap(bytes, 0, read);
      }
      parser.parseNext(buffer);
      if (read < 0 && bad.isEmpty() && !complete) {
        bad = "it ends too early";
      }
    } else {
      parser.parseNext(buffer);
    }
    if (!bad.isEmpty()) {
      throw PreviewRefusal.badAnswer(bad);
    }
  }

  @Override
  public void startResponse(HttpVersion version, int code, String reason) {
    status = code;
    fields.clear();
  }

  @Override
  public void parsedHeader(HttpField field) {
    fields.add(field);
  }

  @Override
  public boolean headerComplete() {
    headed = status >= 200 || status == 101;
    if (!headed && ++interim > MOST_INTERIM) {
      bad = "it has too many interim answers";
    }
    return true;
  }

  @Override
  public boolean content(ByteBuffer content) {
    piece = ByteBuffer.allocate(content.remaining()).put(content).flip();
    return true;
  }

  @Override
  public boolean contentComplete() {
    return false;
  }

  @Override
  public boolean messageComplete() {
    complete = true;
    return true;
  }

  @Override
  public void earlyEOF() {
    bad = "it ends too early";
  }

  @Override
  public void badMessage(HttpException failure) {
    bad = String.valueOf(failure.getReason());
  }
}
