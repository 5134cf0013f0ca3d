/** How long the bucket of build contexts keeps an object. It is a cache: what is needed longer is uploaded again. */

/** Days after which S3 deletes an object. */
export const CONTEXT_DAYS = 30;

/** Days after which an object that is still needed is uploaded again, so that it does not expire during a build. */
export const RENEWED_AFTER_DAYS: number = CONTEXT_DAYS / 2;
