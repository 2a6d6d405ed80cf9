/** The exec probe of the pod, as a file of its own in the image. */
import "@encryption-in-transit/services-tls/probe";
