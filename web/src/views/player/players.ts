/** A chunk of its own: most people look at pictures and documents. */
export { AudioPlayer } from './audio-player.tsx';
export { VideoPlayer } from './video-player.tsx';
