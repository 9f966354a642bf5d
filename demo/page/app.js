// The page: first the lobby, then the conversation, then the lobby again. Everything about the service is in the client.
import { connect } from 'backend-webrtc-client';
import { Lobby } from './lobby/lobby.js';
import { Room } from './call/room.js';

const lobby = new Lobby(async (choice) => {
  const { name, conversation, audio, video, slots } = choice;
  const call = await connect({ url: '/', token: name, audio: audio ?? false, video: video ?? false, slots });
  try {
    await call.join(conversation);
  } catch (error) {
    call.close();
    throw error;
  }
  new Room(call, choice, (problem) => void lobby.open(problem));
});
await lobby.open();
