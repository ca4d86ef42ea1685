// A server that takes updates over socket.io as it comes: default options, one binary message, an acknowledgement.
import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';

export function defaultServer(onUpdate: (update: Buffer) => void): HttpServer {
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => {
    socket.on('update', (update: Buffer, acknowledge: (word: string) => void) => {
      onUpdate(update);
      acknowledge('thanks');
    });
  });
  return http;
}
