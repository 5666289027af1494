//! No secret type can be printed, cloned, compared, serialised or said on a paper that a template words: this file does not compile if
//! one gains the ability.

use serde::Serialize;
use static_assertions::assert_not_impl_any;
use std::fmt::{Debug, Display};
use strongroom::ceremony::gathering::Held;
use strongroom::code::share_code::{PaperShare, ShareBody};
use strongroom::code::share_lines::ShareLines;
use strongroom::crypto::identity::SetIdentity;
use strongroom::crypto::notice::NoticeWords;
use strongroom::crypto::passphrase::Passphrase;
use strongroom::crypto::session::Session;
use strongroom::crypto::sharing::{Dealing, ProvedShare, Quorum, SetSecret, Share};
use strongroom::crypto::totp::{Code, Seed};
use strongroom::paper::flow::values::Sayable;
use strongroom::paper::read_back::ReadBack;
use strongroom::secret::{Secret, SecretBytes, SecretText};
use strongroom::vault::record::{Content, Record};

macro_rules! secret {
    ($($name:ident: $type:ty;)*) => {$(
        assert_not_impl_any!($type: Debug, Display, Clone, Copy, PartialEq, Serialize, Sayable);

        #[test]
        fn $name() {
            assert!(!std::any::type_name::<$type>().is_empty());
        }
    )*};
}

secret! {
    secret_bytes_of_fixed_length_stay_secret: Secret<32>;
    secret_text_stays_secret: SecretText;
    secret_bytes_stay_secret: SecretBytes;
    the_secret_of_a_set_stays_secret: SetSecret;
    a_share_stays_secret: Share;
    a_proved_share_stays_secret: ProvedShare;
    a_quorum_stays_secret: Quorum;
    a_dealing_stays_secret: Dealing;
    an_identity_stays_secret: SetIdentity;
    a_share_on_paper_stays_secret: PaperShare;
    the_body_of_a_share_stays_secret: ShareBody;
    the_lines_of_a_share_stay_secret: ShareLines;
    a_passphrase_stays_secret: Passphrase;
    a_seed_stays_secret: Seed;
    a_code_stays_secret: Code;
    the_content_of_a_record_stays_secret: Content;
    an_opened_record_stays_secret: Record;
    the_words_of_a_notice_stay_secret: NoticeWords;
    the_identity_of_a_session_stays_secret: Session;
    a_quorum_that_is_held_stays_secret: Held;
    a_page_that_was_read_back_stays_secret: ReadBack;
}
