package dev.paddock.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes from one thread to another, of which so many wait at most. Unlike the JDK's pipe it does
 * not ask whether the other thread still lives.
 */
final class BytePipe {
  private static final int CAPACITY = 64 << 10;
  private static final long HURRY_NANOS = 100_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final byte[] ring = new byte[CAPACITY];
  private int start;
  private int length;
  private boolean written;
  private boolean unread;
  private boolean hurried;

  InputStream in() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int count) throws IOException {
        return count == 0 ? 0 : take(into, offset, count);
      }

      @Override
      public void close() {
        stopReading();
      }
    };
  }

  OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int count) throws IOException {
        put(from, offset, count);
      }

      @Override
      public void close() {
        stopWriting();
      }
    };
  }

  private int take(byte[] into, int offset, int count) {
    lock.lock();
    try {
      while (length == 0 && !written) {
        changed.awaitUninterruptibly();
      }
      if (length == 0) {
        return -1;
      }
      int taken = Math.min(count, Math.min(length, CAPACITY - start));
      System.arraycopy(ring, start, into, offset, taken);
      start = (start + taken) % CAPACITY;
      length -= taken;
      changed.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void put(byte[] from, int offset, int count) throws IOException {
    lock.lock();
    try {
      int done = 0;
      while (done < count) {
        while (length == CAPACITY && !unread && !hurried) {
          changed.awaitUninterruptibly();
        }
        long patience = HURRY_NANOS;
        while (length == CAPACITY && !unread && patience > 0) {
          patience = changed.awaitNanos(patience);
        }
        if (length == CAPACITY && !unread) {
          return;
        }
        if (unread || written) {
          throw new IOException("the pipe is closed");
        }
        int end = (start + length) % CAPACITY;
        int put = Math.min(count - done, Math.min(CAPACITY - length, CAPACITY - end));
        System.arraycopy(from, offset + done, ring, end, put);
        length += put;
        done += put;
        changed.signalAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      lock.unlock();
    }
  }

  /** From now on the writer does not wait long for a reader; what finds no room is left out. */
  void hurry() {
    lock.lock();
    try {
      hurried = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stopWriting() {
    lock.lock();
    try {
      written = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stopReading() {
    lock.lock();
    try {
      unread = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
