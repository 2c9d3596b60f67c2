"""Names and contents that identify, and innocent ones: some the gate was built with, others came after."""

# ruff: noqa: E501, SIM905

NAMES_BUILT_WITH = """
first_name FirstName last_name lname patient_name pt_name client_fname ClientLastName NAME name1
fullname patientname PATIENTNAME mothers_maiden_name mother_name kin_name next_of_kin
emergency_contact emergency_contact_phone guardian_name initials pt_initials alias preferred_name
nombre apellido1 Vorname Nachname prenom therapist_name counselor_name provider_last_name
staff_name group_name referring_physician employer employer_name username login user_id dob DOB
date_of_birth DateOfBirth birth_date birthdt bdate pt_dob birth_year yob geburtsdatum
fecha_nacimiento date_of_death death_date dod ssn SSN ss_number soc_sec_no social_security_number
SocialSecurityNo last4_ssn ssn4 mrn MRN mr_number med_rec_no medical_record_number
MedicalRecordNumber chart_no chartnumber patient_number client_no case_number record_number
hospital_number nhs_number medicaid_id medicare_no mbi hicn insurance_id policy_number member_id
subscriber_id beneficiary_no health_plan_no account_no acct_num AccountNumber bank_account iban
credit_card_no drivers_license driver_license_no dl_number license_no passport passport_no npi
dea_number tax_id national_id employee_id student_id inmate_number email e_mail E-mail
emailAddress email_addr work_email phone phone1 home_phone HomePhone cellphone cell_phone
mobile_no tel telephone_number fax fax_no pager contact_number address addr1 address_line_1
street_address homeaddress mailing_address street city town zip zip5 zip3 ZIPCODE zip_code
postal_code postcode county fips census_tract block_group latitude lon lng gps_coord geocode
neighborhood apt_no po_box lat ip ip_address IPAddr url web_url website homepage device_id
device_serial_no serial_number imei mac_address license_plate plate_number vehicle_id vin
fingerprint biometric_id photo photo_file face_image voice_print signature retina_scan facebook
twitter_handle instagram notes comments progress_note free_text narrative remarks
clinician_comments other_specify givenName family.name Pt.Name cl_name clientname PtLastName
last_nm first_nm fst_name MiddleInitial middle_init maiden_nm known_as aka_name patient_fullname
spouse_name partner_first_name childs_name contact1_name emerg_contact_name emergencyContactName
nok nok_phone responsible_party guarantor_name physician_name attending_md pcp_name therapistname
leader_name facilitator_name interviewer_name supervisor_nm company_name D.O.B. Birth.Date
birth_month dateBirth pt_birthdate born_on birthdate_text fechanac date_of_birth_y social_sec
ssn_last4 SS# ssnum social_no soc_security_num medRecNum MRN_no mrn_id EMR_ID epic_mrn patient_mrn
Chart# chart_num patno pat_num pt_number pt_no clientNumber caseNum case_id file_num rec_no
RecordNumber hosp_no unit_record_number medicaidNum medicare_number mcare_id insurance_no
ins_policy_no member_no subscriberID plan_id_number group_policy_no acctno acct_no billing_account
account_id bank_acct card_no drivers_lic dl DLN driverslicense licenseNumber license_num cert_no
passport_num NPI_number dea_no state_id govt_id employee_no badge_no student_no prisoner_no
va_number military_no eMail email1 EmailAddr contact_email email_2 e.mail personal_email phone_no
PhoneNum phone_2 ph_number tel1 tel_no tel_home cell_no cellnumber mobile_phone mob_no workphone
work_ph fax_number FaxNo beeper contact_tel callback_number home_address HomeAddr addr_1
addressline2 res_address street_1 streetname street_no house_no postal_address hometown
city_of_residence current_city municipality Zip+4 zip_5 ZIP3 zcta5 pcode post_cd county_name
county_fips censustract census_block GEOID lat_long long geo_lat geoLon x_coord longitude_deg nbhd
village_name suburb birthplace apt unit_no ipaddr IP_v4 client_ip ip_addr_1 page_url website_url
web_page device_identifier deviceID device_sn serialno sim_number mac_addr MAC license_plate_no
lic_plate plate_no vehicle_no car_plate vin_no finger_prints bio_id voiceprint facial_photo
full_face_photo photo_path picture_file img_file iris_scan digital_signature facebook_name
insta_handle twitter linkedin_url whatsapp_no skype_id note_text notes_1 session_notes case_notes
comment1 comments_other narrative_summary open_text other_text freeText remark description_text
clin_note progress_notes journal_entry transcript_text quote explain please_specify
reason_other_specify feedback_text Given_Name SurName LASTNAME Last.Name nameLast clientFirst
cli_lname patientLastName subj_name respondent_name Resident_Name memberName InsuredName mom_name
dad_name sister_name caretaker_name sponsor_name roommate_name teacher_name school_name
case_worker_name caseworker social_worker_name parole_officer_name nurse_name doc_name dr_name
psychiatrist_name group_leader_name coleader_name Nickname pet_name alias_1 cognome sobrenome
efternamn nom_patient nombre_completo DOB_text dob1 BirthDate patient_dob client_birth_date
day_of_birth month_of_birth birth_day date_birth datebirth naissance death_dt DateOfDeath SSNumber
ssn_9 SSN_full social_security soc_sec ss_no ssno MRN1 mrn_text mrnumber MedRec medical_rec_num
emr_id hospital_id chart_id PatientNum patient_no clientno file_no case_nbr hospitalNo nhsNumber
nino insuranceId insurancenumber health_insurance_number policyNumber PolicyNo member_num
subscriber_no medicareID medicaid_number beneficiary_id claim_no account acct_id creditcard
cc_number bank_acct_no license dl_no drivers_license_number passportnumber certificate_number
npi_no employee_num veteran_id studentnumber Email EMAIL_ADDRESS e_mail_1 clientemail parent_email
Telephone Phone_Number phonenum phone_mobile home_phone_number cell CellPhone mobile tel_work
daytime_phone emergency_phone contact_phone Pager Address1 address_2 home_addr mail_address
current_address perm_address StreetAddress streetName billing_address whatsapp telegram_handle
City city_name Town home_town ZIP zip_cd ZipCode zip4 POSTCODE postal County res_county parish
latitude1 Lat longitude gps_lat coordinates geo_code census_tract_2020 ct_block village
neighborhood_name apartment_no ip_addr IP ip_v6 user_ip URL photo_url site_url profile_url
personal_website imei_number serial_num SerialNo machac_address macaddr device_mac vehicle_plate
car_reg fingerprint_hash retinal_scan face_photo photograph headshot_file picture audio_file
biometrics Notes note1 clinical_notes progressNotes therapist_notes staff_comments Comment
free_text_1 freetext verbatim_response open_ended_text remarks2 narrative1 chief_complaint
diary_text
""".split()
NAMES_AFTER = """
pat_name PATIENT_FULL_NAME name_of_client firstNm LNAME mother_maiden proxy_name surrogate_name
insured_first_name cousin_name landlord_name judge_name pharmacist_name Fornavn ContactPerson
dtOfBirth DOBirth birthYear bornDate dateOfDeath DOD dob_mm SocSecNum social_insurance_no SSN_hash
patientID_number chartNo mrn1 mrn_old MedicalRecordNo account_nbr insPolicyNo HICN
medicare_claim_no memberID licensenum DriverLicense passportNo taxpayer_id cardnumber visa_number
badge_id NHS_num health_card_no emailaddress1 eml contactEmail phoneHome tel_number
cellPhoneNumber telephone2 faxnum mailingaddr Addr_Line2 Street_Nm skype_name messenger_id zip9
zip_plus4 homeZip residence_city CityName county_code countyfips latitude_x gps_long geohash
tract_id postalcode1 ipaddress1 macAddr deviceIMEI websiteURL homepage_url photoID face_img
voice_sample thumbprint licPlate VIN_no notes_free nurse_notes commentsText other_comments
remarks_staff narr free_response sessionNote patientName PatientLast pat_fname CLIENT_NM
clientname1 Client.First.Name member_first subjectname participantname respname nombre_paciente
nom_client vollername Familienname patientenname naam_client NomePaciente 患者姓名 имя_пациента
cognome_paziente staffname ClinicianName counsellor_name doctorName nurse_initials group_leader
leadername therapist_initials relative_name wifename contact_person_name closest_relative
nearest_relative emergencycontactname emergencycontact kinname childname1 sibling_names
householdmembers employerName nameOfEmployer school_attended workplace dateofbirth birth_dt
BirthDay DOBdate dob_dd birthmonth birthyear date_of_brth geb_datum GebDat fecha_de_nacimiento
data_nascita date_de_naissance geboortedat deathDate death_day date_died socialsecurity
soc_sec_number SSN1 ssnlast4 last_four_ssn ss_num SIN national_insurance_no NINO personnr
cpr_nummer dni_nif rut_number codice_fiscale bsn steuer_id medicalRecord med_record_no medrecnum
MRN_ID pat_id_number patient_identifier_number chartnumber chart_nbr hosp_mrn unit_number
hospitalnumber recordnumber account_num accountNo acct_number bankaccount bank_account_no IBAN
cardno credit_card_num insurancepolicy policyid insurance_member_id subscriberno planid
health_plan_id hic_number medicaidid MedicareNumber beneficiarynumber claimnumber claim_num
certificate_num licenseno lic_number driverlicense dlnumber passport_id passnumber DEA_no NPI
employeeid emp_no payroll_number studentid inmateno military_service_number badge_number
e_mail_address emailid workemail email_home mail_address EMail1 phoneNumber phone_home_1
hometelephone home_phone_no work_telephone mobilephone mobile_number cell_no1 cellno contactno
contact_phone_no fax_no faxnumber tel_mobile telefonnummer numero_telefono telephoneno pager_no
home_addr_1 addrline1 full_address postal_addr addressStreet AddressCity street_nr housenumber
strasse_nr plz_ort ort wohnort codigo_postal cp_postal postleitzahl zip_5digit zipcode5
zip_code_home ZIP_CODE_4 town_name cityname county_res county_name_res district ward_code
precinct_no census_tract_id tract blockgroup latitude_home home_lat home_long lonlat
gps_coordinates geocoordinates geolocation x_coordinate neighbourhood IPaddress ip_number
ipv4_address remote_ip host_ip url_profile web_site_url personal_url homepage_address webpage
facebook_id twitter_username instagram_user linkedin social_media device_uuid deviceserial
device_serial_num serialnumber serial_id imei1 mac mac_id MACaddress sim_card sim_serial
license_plate_number licenseplate numberplate plate_nr vehicle_identification vin_num vehicle_reg
car_plate_no fingerprint_img fingerprint_template iris_code retina_img voice_recording
voice_print_id face_photo_url facial_recognition photo_id patient_photo photofile image_face
video_recording signature_img biometrics_id dna_seq note_1 note_free clinician_note case_note
case_notes_text comments_1 comment_box comment_text free_text_comment freetext_notes text_notes
additional_comments any_other_comments openresponse description_free remarks_text narrative_note
history_text summary_text observations observation_notes reason_specify other_describe
describe_other patient_comments letter_text first.name FNAME fst_nm last.nm GivenNames
middle_name_1 full_nm patient_full_nm nm_patient client_surname participantFirstName subj_initials
name_last name_first_legal legal_name former_name birth_name spouse guardian_full_name partnerName
emergency_name parent1_name therapist_full_name primary_therapist_name case_manager_name
group_facilitator_name md_name sponsor_full_name DOB_date dob_year BirthDt birth_date_text
dt_birth date_birth_1 D_O_B bday_mmdd birthdate1 dod_date deceased_date date_deceased death_dt
SSN_no SSN_last_four social_sec_num SocSecNo ss MRN_number med_rec_num medical_record_no
patient_mrn_1 chart_number_1 pat_no pt_id_no account_number_1 acctnumber bank_acct_number
credit_card cc_num insurance_id_no ins_no ins_number insurance_policy_no policy_nbr
member_identifier subscriber_num medicaid_no1 medicaid_recipient_id medicare_id_no beneficiary_num
hicn_no claim_id_no license_nbr license_id drivers_license_num DriversLicenseNo dl_state_no
passport_nbr state_id_no national_insurance_number nhs_no NHI_number tax_file_number
employee_number staff_no certification_no npi_num dea_num email_1 patient_email EmailID
e_mail_addr alt_email phone_1 phone_cell ph_home ph_no patient_phone cell_num mobile1 tel_2
work_tel home_ph fax_1 fax_num emergency_contact_no emergency_contact_tel contact1_phone address_1
addr_street addr_city addr_zip street_addr street_address_1 mailing_addr residential_address
home_street apt_num unit_address zip_1 home_zip zip_cd5 zip_five patient_zip postcode_1
post_code_home city_1 home_city patient_city county_1 county_of_residence county_cd fips_code
census_tract_no tract_code block_grp lat_1 lon_1 latitude_deg longitude_deg geo_lat_lon gps_1
neighborhood_1 town_res ip_1 ip_addr_v4 client_ip_address url_1 website_1 web_link profile_link
device_id_1 device_serial_number device_sn_no serial_no_1 imei_no mac_addr_1 license_plate_1
plate_number_1 vin_1 vehicle_1 vehicle_plate fingerprint_1 biometric_1 photo_1 patient_photograph
face_image_1 voice_rec voiceprint_id signature_1 instagram_handle facebook_url twitter_id
notes_1_text session_note_text therapist_comments client_comment comment_2 comments_free remarks_1
narrative_text free_text_2 progress_note_1 open_text_1 text_response other_text_1 specify_other
explain_other description_other
""".split()
CONTENTS_BUILT_WITH = """\
John Smith|Smith, John|SMITH, JOHN|john smith|Dr. Jones|Dr Maria Lopez|Mrs. Patel|J. Smith
Smith J.|Maria|O'Brien, Pat|Jürgen Müller|José García|Nguyen Van Anh|Jean-Luc Picard
Mary-Ann Jones|王小明|Иван Петров|K. O'Connor|Robert Brown Jr.|jsmith|j.smith|john_smith
Sarah Connor, LCSW|J.S.|Mr Green|12 Main St|123 Elm Street|123 Elm Street, Apt 4B|PO Box 123
P.O. Box 99|Hauptstraße 5|Hauptstr. 12|10 rue de la Paix|Calle Mayor 5|Via Roma 10
221B Baker Street|1600 Pennsylvania Avenue NW|Apt 4B|45 N. Oak Dr.|CA 90210|02139-4307|Boston, MA
Boston, MA 02139|SW1A 1AA|K1A 0B1|M5V3L9|1234 AB|zip 02139|42.3601, -71.0589|Springfield
555-867-5309|(555) 867-5309|(555)867-5309|555.867.5309|555 867 5309|5558675309|+1 555 867 5309
+15558675309|1-800-555-0199|555-0199|+44 20 7946 0958|020 7946 0958|0171 1234567|06 12 34 56 78
030/1234567|tel: 8675309|call 867-5309|212-555-1234 ext 12|MRN 123456|MRN: 00123456|MRN#123456
MRN123456|Chart #4471|Acct 99-1234|Policy No. A123456|medical record 44821|Medicaid 123456789A
passport X1234567|DL D1234567|Patient #4471|1EG4-TE5-MK73|AB123456C|4111 1111 1111 1111
DE89 3704 0044 0532 0130 00|1HGCM82633A004352|NPI 1234567893|who@example.org
who at example dot org|who [at] example.org|WHO@EXAMPLE.ORG|<who@example.org>|john@clinic
https://example.org|www.example.org|example.com/john|facebook.com/john.smith|ftp://x.y|@johnsmith
192.168.10.12|ip 192.168.10.12|192.168.10.12:8080|fe80::1|2001:db8::ff00:42:8329|00:1A:2B:3C:4D:5E
00-1A-2B-3C-4D-5E|123-45-6789|123 45 6789|123456789|123.45.6789|SSN 123-45-6789|123–45–6789
2024-03-01|3/14/2024|14.03.2024|14 March 2024|14. März 2024|14 de marzo de 2024|1er mars 2024
14 marca 2024|14 марта 2024|2024年3月14日|14MAR2024|14-MAR-24|Mar 2024|mars 2024|20240314T1010
Thu Mar 14 2024|March 14th, 2024|14th of March|45352|19796|1710374400|1710374400000|2024-W11
20240314|2024/03|14 maart 2024|14 Ağustos 2024|3-14-24|14 août 2024|20240314101010|92 years old
aged 94|93 y/o|97yo|age 95|She said the group was hard|Client reported relapse last week
Pt denies SI, wants to stop meds|His mother called on Monday
I moved in with my sister after I lost my job in spring and felt alone|Emily Clark|CLARK, EMILY R
emily clark|Clark Emily|Ms Thompson|Prof. Weber|Mr. & Mrs. Lee|T. Nakamura|Garcia M.|Fatima
Nguyễn Văn Anh|François Dubois|Ana-Maria Lopes|李伟|Анна Смирнова|O’Neill|Søren Kierkegaard
Kim Min-jun|Priya Sharma|DeShawn Jackson|Marcus Aurelius|emily.clark|eclark22|Hernandez
Client: Maria G.|Maria G.|Thomas, R.|Dr. med. Schulz|Frau Becker|Mohammed Al-Rashid|Susan's group
77 Massachusetts Ave, Cambridge|4 Privet Drive|9 Elm Ct.|1200 W 5th Street|88 Rt 9 Hwy|PO BOX 4471
Postfach 12 34|Bahnhofstrasse 21|Goethestr. 7|Am Markt 3|Lange Straße 12|15, avenue Victor Hugo
3 bis rue Pasteur|C/ Mayor 12|Avenida de América 33|Piazza Navona 1|Kerkstraat 112
Unit 5, 12 High St|Suite 300|Flat 2, 10 Downing Street|101 Maple|MA 02139|Cambridge MA 02139
60601-1234|Houston, TX|EC1A 1BB|M1 1AE|H2X 1Y4|1017 AB|D-10115 Berlin|Postal code 75008
-33.8688, 151.2093|40°42'46"N|Denver|Munich|Cook County|617-555-0123|(617) 555 0123|617.555.0123
617/555-0123|6175550123|1 617 555 0123|001 617 555 0123|+49 (0)30 123456|+49-30-1234567
+33 1 23 45 67 89|01 23 45 67 89|07911 123456|0044 7911 123456|(030) 1234567|0151-23456789
phone 5550123|Cell: 617 555 0123|867-5309|1.617.555.0123|med rec no 44871|MRN-0012345|mrn 00-12-34
Record No. 44123|Acct# 778812|account number 12345678|insurance id XYZ123456789
Member ID: W12345678|Medicare 1EG4TE5MK73|Lic. # D1234567|driver license F255-921-50-094
Case No. 2023-CV-0456|Claim #88231|chart 00123|Device SN 4C7X99|IMEI 490154203237518
490154203237518|5500 0000 0000 0004|GB82WEST12345698765432|JH4KA8260MC000000|QQ 12 34 56 C
first.last@hospital.org|a_b-c+d@mail.co.uk|name(at)mail.com|name AT mail DOT com|mailto:x@y.org
x@y|HTTP://EXAMPLE.ORG|example.org|blog.example.co.uk/p?id=1|t.me/jdoe|instagram.com/jdoe|@jane_d
10.0.0.254|172.16.254.1/24|::1|fe80::200:f8ff:fe21:67cf|2001:0db8:85a3:0000:0000:8a2e:0370:7334
AA-BB-CC-DD-EE-FF|001a.2b3c.4d5e|078-05-1120|219 09 9999|457555462|457.55.5462|457 - 55 - 5462
ssn: 457555462|01/02/2023|1-2-2023|2023.1.2|2 Jan 2023|2. Januar 2023|2 de enero 2023
le 2 janvier 2023|2 gennaio 2023|2 januari 2023|2 stycznia 2023|2 января 2023|2023年1月2日|02JAN2023
02-Jan-23|January 2023|Jan. 2, 2023|2nd January 2023|Januar 2023|1/2/23|2023-01-02T03:04:05Z
2023-01-02 03:04|20230102|1672617600|1672617600000|44928|44928.5|2023/1|2 Ocak 2023
2. tammikuuta 2023|January 2|2 January|Monday 2 Jan 2023|Jan '23|2.1.2023|2023_01_02
admitted on 1/2|٢٠٢٣-٠١-٠٢|２０２３/０１/０２|2 led 2023|92yrs|91-year-old|aged 91|age: 97|101 years
94 years|Patient reports feeling worse this week|he was late because of the bus
She lost her job at the plant|Wife says he sleeps badly|client discussed conflict w/ boss
Felt overwhelmed, left group early to see her son
I called my sponsor after group and he said that I did the right thing|Olivia Martinez
MARTINEZ OLIVIA|olivia martinez|Martinez, Olivia A.|Mr Brown|Ms. O'Hara|Dr. Chen|Prof. Dr. Müller
D. Kowalski|Kowalski, D.|Giovanni|Chloé Lefèvre|Björn Andersson|Siobhan Murphy|Tran Thi Mai
Mohamed Salah|LeBron James|Juan Carlos Perez|陈明|Ольга Иванова|Walker, Tom|McDonald, Ronald
K. Patel|patel_k|Robin Hood|Kate's mom|Jane Doe|John Q. Public|Sister Mary|de la Cruz, Ana
500 Oracle Parkway|742 Evergreen Terrace|31 Spooner St.|12-14 King's Road|1 Infinite Loop
350 Fifth Avenue, NY|Schillerstraße 9|Schillerstr.9|Rosenweg 3|25 boulevard Haussmann
Calle de Alcalá 50|Rua Augusta 100|Via Veneto 7|P O Box 88|apt #12|RR 3 Box 4|Kungsgatan 12
NY 10001|94105-1234|San Jose, CA|Austin TX 78701|LS1 4DY|B33 8TH|V6B 4Y8|3011 AD|ZIP: 94105
48.8566, 2.3522|Seattle|Lyon|Orange County|415-555-2671|(415) 555-2671|415.555.2671|4155552671
+14155552671|+1 (415) 555-2671|+44 7700 900123|07700 900123|+91 98765 43210|089 123456|089/1234567
0033 1 42 68 53 00|1-415-555-2671|tel 555-2671|ph: 4155552671|MRN 00981234|mrn:981234
Medical Record Number 981234|Chart No 8812|acct no. 5512389|Policy # 99-8812-A
Medicaid ID: ZX12345Z|SSN: 219-09-9999|passport no. 912803456|Driver's License S530-4600-9
Record # 55123|Case #2019-1187|member id 8812345|4012888888881881|3782 822463 10005
NHS 943 476 5919|jane.doe+test@gmail.com|jane at gmail dot com|jane[at]gmail.com|JANE_DOE@X.IO
email: a@b.de|http://bit.ly/x1|www.clinic.org/pt?id=7|clinic.health|linkedin.com/in/janedoe
twitter.com/jd|8.8.8.8|172.20.0.1:443|2001:db8::1|de:ad:be:ef:00:01|ip=10.1.2.3|219-09-9999
219 09 9998|219099999|219.09.9999|1999-12-31|12/31/1999|31.12.1999|31/12/99|31 Dec 1999
Dec 31, 1999|December 31st 1999|31 décembre 1999|31. Dezember 1999|31 de dezembro de 1999
31 dicembre 1999|31 december 1999|31 grudnia 1999|31 декабря 1999|1999年12月31日|31DEC1999|Dec-1999
19991231|1999-12-31 23:59:59|36890|11000|946684801|946684801000|Wednesday, 4 March 2020
4th March 2020|March 2020|3/2020|2020-03|4.3.2020|04-MAR-20|2020/3/4 10:00|4 Mart 2020|2020년 3월 4일
99 years old|97 y.o.|Age 91|aged 102|He told the group about his divorce
patient stated that she is moving to Ohio|Had a fight with my boyfriend and left
The client was seen by her doctor today|mother reports he is doing better""".replace(
    "\n", "|"
).split("|")
CONTENTS_AFTER = """\
Angela Merkel|Trump, Donald|barack obama|Dr. Oz|Ms. Frizzle|Wei Zhang|Ahmed Hassan|Sofia Rossi
Tyrone Biggums|Ingrid Bergman|S. Gupta|Nakamura, Y.|Ellen|Zoë|carlos|Hofmann|Lakshmi Iyer
Sgt. Pepper|Mrs Robinson|8 Mile Road|2100 S Lamar Blvd|16 Rue Cler|Lindenallee 4|P.O.Box 7|Apt. 9
3 Abbey Rd, London|TX 73301|30301-0001|Portland, OR|N1 9GU|T2X 1V4|Toronto|51.5074,-0.1278
303-555-9876|(303)555-9876|3035559876|303 555 9876|+33612345678|+86 138 1234 5678|0611 123456
Phone 303-555-9876|mrn 8827364|Acct: 992-1|Lic D9928817|Medicare # 1EG4-TE5-MK72|Policy 55-1234
chart: 4412|a.b@c.com|someone (at) site (dot) com|https://x.org|my.site.net|@handle_1|10.10.10.10
fe80::abcd|11:22:33:44:55:66|321-54-9876|321 54 9876|321549876|2022-02-28|28.2.2022|2/28/22
28 Feb 2022|28 février 2022|28 de febrero|28 Şubat 2022|28 lutego 2022|2022年2月28日|Feb-28-2022
28th Feb|20220228|44620|1646006400|28/02/2022 09:00|96 yo|aged 99 years
She was discharged to her mother's house|pt says he will not return
We talked about my job and my kids|Jennifer Lawrence|LAWRENCE, JENNIFER|Lawrence, J
jennifer.lawrence|J Lawrence|Jen L.|Mr. T. Johnson|Ms Ana García López|Dr. Emily Wong, MD
Prof Smith|Miss Jane Marple|Hans-Peter Müller|Anna Schmidt|Luca Bianchi|Jean Valjean
Pedro Almodóvar|Nguyen Thi Hoa|Chen Wei|김민수|山田太郎|Олег|محمد علي|Abdul Rahman|Mary O'Malley
Patrick McCarthy|Kim Jong|Tiffany B.|Deborah|Mikhail Gorbachev|robert.smith|22 Acacia Avenue
221 Baker St, Apt 3|10 Downing Street|1428 Elm Street, Springwood|2000 Post Rd Suite 4
Rosenstr. 14|Rosenstraße 14a|Marktplatz 1|14 rue Victor Hugo|C. Mayor 3|Via Garibaldi, 12
Damrak 66|Box 442, RR 1|100 N Main|Floor 3, 45 Park Ave|PO Box 12-A|WA 98101|98101-2345
Seattle, WA 98101|Paris 75011|75011 Paris|10117 Berlin|OX1 2JD|K2P 1L4|90210-1234
47.6062° N, 122.3321° W|47.6062,-122.3321|Kings County|Cleveland, Ohio|206-555-0142|206 555 0142
(206)-555-0142|2065550142|+1-206-555-0142|1 (206) 555-0142|+1.206.555.0142|+442079460018
020 7946 0018|0207 946 0018|+49 151 23456789|0151 23456789|01512 3456789|+61 2 9374 4000
+34 912 345 678|912 34 56 78|06-12345678|5550142|tel. 206-555-0142|cell 206.555.0142
fax: 206-555-0142|555 0142|MRN: 4471029|MRN-4471029|mrn 4471029|MR# 4471029
medical record #4471029|med rec 4471029|chart 88123|Chart#: A-88123|acct 1234567890
Account No: 1234567890|policy number ABC1234567|Member # 99887766|Medicaid# 123456789
HICN 123456789A|license no. D123-4567-8901|DL: D1234567|Passport 123456789|VIN 1HGCM82633A004352
VIN: 1HGCM82633A004352|plate 7ABC123|serial no. SN-29384-A|device id 00-14-22|certificate no. 4471
4532 0151 1283 0366|4532015112830366|GB29 NWBK 6016 1331 9268 19|employee #4471|jlaw@example.com
j.law@mail.example.co.uk|JLAW@EXAMPLE.COM|jlaw(at)example.com|jlaw AT example DOT com
email jlaw@example.com please|jlaw@localhost|http://example.com/patient/7
https://portal.clinic.org|www.facebook.com/jlaw|facebook.com/jlaw|example.com|twitter: @jlaw|@jlaw
192.168.0.1|10.1.1.1:80|IP 172.16.0.9|2001:db8:0:0:1:0:0:1|fe80::1ff:fe23:4567:890a
00:1B:44:11:3A:B7|001B.4411.3AB7|00-1B-44-11-3A-B7|536-90-4399|536 90 4399|536904399|536.90.4399
536/90/4399|SSN: 536904399|xxx-xx-4399|***-**-4399|last 4 SSN 4399|2023-07-04|07/04/2023|7/4/23
04.07.2023|4.7.23|4 July 2023|July 4, 2023|Jul 4 2023|4-Jul-2023|04JUL2023|4. Juli 2023
4 juillet 2023|4 de julio de 2023|4 luglio 2023|4 juli 2023|4 lipca 2023|4 июля 2023|2023年7月4日
20230704|2023-07-04 14:30|2023-07-04T14:30:00Z|July 2023|Jul-23|2023/07|July 4|4th of July
Tuesday, July 4|45111|45111.604|19542|1688428800|1688428800000|2460129.5|738706|2023-W27|2023-185
4/VII/2023|2023 Jul 4|the 4th of July 2023|94|aged 94|94 y.o.|94-year-old|94 yrs|age: 101
in her nineties|She has been living with her sister since the divorce
Client stated he was fired from his job at Walmart|Pt. tearful, reports suicidal ideation
Patient's wife called to cancel|I feel like my husband never listens to me when I talk about work
lives with mother and two kids; works nights
drinks a bottle of wine every evening since husband left|Alice Cooper|COOPER, ALICE|cooper, alice
Alice C.|A. Cooper|Ms. Cooper|Dr. A. Cooper|Alice|Cooper|Mr. Van Dyke|Maria de la Rosa
Jean-Pierre Dupont|Zhang Wei|Yuki Tanaka|Ahmed Ali|Olga Ivanova|Pat Smith|Chris Evans|alice_cooper
acooper|Alice Cooper-Jones|St. John, Emily|Nguyen, T.|Sr. Lopez|Lopez|hernandez, j|1 Market St
1 Market Street, Suite 300|One Market Plaza|55 W 42nd St|Apt 5|P.O. Box 1|PO Box 778|3rd Ave
5th Avenue|Elm St.|Maple Drive|12 Rue de Rivoli|Friedrichstraße 100|Calle 13 No. 4-56|Kaiserstr. 3
San Francisco, CA|San Francisco CA 94103|CA 94103|94103-1234|zip code 94103|ZIP 94103|W1A 1AA
H3Z 2Y7|Chicago|Los Angeles|New York City|Brooklyn, NY|37.77, -122.41|37.7749, -122.4194
415-555-0199|(415) 555-0199|415.555.0199|415 555 0199|4155550199|+14155550199|1-415-555-0199
415-555-0199 x12|+44 (0)20 7946 0958|+49 30 901820|030 901820|01632 960983|call me at 415 555 0199
ph 415-555-0199|555-0199|MRN 0012345|MRN: 12345678|mrn#12345678|Med Rec # 123456|chart no. 5521
Account #998877|Acct 12345678|policy # H123456|Ins ID: XJH123456789|member id XJH123456789
Medicare 1EG4-TE5-MK72|Medicaid 12345678A|DL # B1234567|license # 12345|passport # C01234567
NPI: 1234567893|SSN 123-45-6789|case # 12345|VIN: 2HGES16575H591234|S/N 12345678|alice@example.com
alice.cooper@clinic.org|ALICE@EXAMPLE.COM|alice at example.com|alice[at]example[dot]com
contact: alice@example.com|https://www.example.com|http://example.com|www.example.com
facebook.com/alice|@alicecooper|192.168.1.100|10.0.0.1|2001:db8::8a2e:370:7334|00:0a:95:9d:68:16
00-0a-95-9d-68-16|123-45-6789|123 45 6789|123.45.6789|123456789|078051120|01/15/1980|1/15/80
1980-01-15|15-Jan-1980|15 Jan 1980|January 15, 1980|Jan 15 1980|15.01.1980|15/01/1980|19800115
Jan-1980|01/1980|15 janvier 1980|15. Januar 1980|15 de enero de 1980|15 gennaio 1980|15 січня 1980
15. ledna 1980|15 ianuarie 1980|1980年1月15日|15 يناير 1980|43845|18276|1579046400|1579046400000
Wed Jan 15 2020|2020-01-15 08:30:00|2020-01-15T08:30Z|20200115T083000|91 years|93yo|aged 92
95 years old|92 y/o|Patient is a 45 year old female who presents with depression
She reports difficulty sleeping since her mother died|client's husband lost his job in March
I have been feeling very anxious since my divorce last year|Pt called to say she can't make it""".replace(
    "\n", "|"
).split("|")
INNOCENT_NAMES = """
study_id record_id subject_id participant_id client_id site age age_years sex gender race
ethnicity education employment marital_status phq9_total gad7_1 days_to_discharge admission_day
instrument_name drug_name medication_name program_name cohort_name scale_name group_size
group_type ip_sessions email_reminders phone_sessions telephone_contacts city_size street_drugs
cell_count note_count n_notes url_clicks birth_order birth_weight birth_country vehicle_accident
mode wave rater living_situation housing_status insurance_type payer payer_type referral_source
diagnosis dx_primary icd10 severity chronicity tenure latency lateness longest_stay emotional
namespace renamed filename_type addressed phoneme emailed zipper ipsative ip_days cityscape
countywide state region country rural_urban occupation income household_size children n_children
medications medicaid insured prior_treatment suicide_attempts substance_use alcohol_days
sessions_attended dropout completion randomized arm condition therapist_id provider_type clinic
site_code hospital_days er_visits facility_type modality telehealth visit_number session_number
week month quarter year cohort period version form_complete redcap_event_name
redcap_repeat_instance redcap_repeat_instrument study_patient_id dc_reason dc_disposition
admit_level program_type track body_image self_esteem picture_vocab note_type case_mix
case_manager_contacts license_type photo_consent nominal tel_sessions device_use vin_score
accountability planning signature_strengths voice_quality message_count username_hash subject_no
participant_number study_number site_number cohort_id arm_label group_label session_length
session_date_offset day_of_week start_slot intake_day followup_day days_since_intake
weeks_in_program length_of_stay n_prior_admissions prior_hospitalizations referral_type
level_of_care payer_category insurance_status education_years years_of_education
relationship_status living_alone n_people_household employment_status hours_worked religion
language english_proficiency veteran_status disability pregnancy smoker bmi height_cm weight_kg
systolic heart_rate phq9_item1 phq9_q9 phq9_score phq_total gad7_severity rses_total ders16_q1
iip32_total bdi_ii hamd17 madrs qids cgi_s gaf whodas oq45 core10 cssrs audit_c dast10 pcl5 ces_d
moca mmse wai_sr alliance cohesion climate therapeutic_factors fidelity_rating adherence_rating
competence rater_id rater_type assessor_blind blinded randomisation_seq stratum block_size
consent_version protocol_version data_quality_flag missing_reason dropout_week reason_left_code
discharge_status completion_status readmitted_30d er_visits_6m suicide_attempt_lifetime self_harm
medication_class antidepressant dose_mg n_medications adherence_pct session_format online_share
video_minutes telehealth_pct phone_check_ins text_reminders reminder_count app_logins
n_emails_sent email_opt_in portal_use homework_done group_climate_mean therapist_experience_years
therapist_gender clinician_role staff_count leader_count coleader_present room_type facility_level
program_track region_code state_code urbanicity distance_km travel_minutes deprivation_index
income_band ses_quintile race_ethnicity sex_at_birth gender_identity age_group age_at_onset
age_first_use named_event note_present image_rating pictures_shown contact_hours contact_minutes
mailing_wave addressed_goals accounting_code ipq_total vincent_score telomere cellularity
faxed_consent latent_class longitudinal_wave zipf_index citycenter placebo birthcohort
yearly_income username_known license_years
""".split()
INNOCENT_VALUES = [
    ["101-02-0034", "101-02-0035", "205-01-0007"],
    ["101-02-0034"],
    ["101-0034", "102-0001"],
    ["S-001", "S-002"],
    ["301-1001", "301-1002", "302-1001"],
    ["PHQ-9", "GAD-7"],
    ["F33.1", "F41.1"],
    ["H0015", "90853"],
    ["Major Depression", "Panic Disorder"],
    ["Group therapy", "Individual therapy"],
    ["Never married", "Divorced"],
    ["Some college or associate degree", "High school"],
    ["More than half the days", "Nearly every day", "Several days"],
    ["Black or African American", "White", "Asian"],
    ["Mood AM", "DBT Skills PM", "Trauma Eve"],
    ["Bupropion XL 150 mg", "Sertraline 50mg"],
    ["18-24", "25-34", "65+", "90+"],
    ["10-14", "5-9"],
    ["1 of 3", "5 out of 20"],
    ["3/4", "2/3"],
    ["Hope", "Grace", "Joy"],
    ["Leader Green", "Counsellor 1"],
    ["Intake Desk"],
    ["Blue", "Green"],
    ["7.5", "10.25"],
    ["2024", "2025"],
    ["v1.2.3"],
    ["Mon", "Tue"],
    ["morning", "midday"],
    ["12:30", "14:00"],
    ["0.5-1.0"],
    ["12 step program", "3 court dates"],
    ["30 min drive"],
    ["Full time", "Part time"],
    ["New York", "Texas"],
    ["P-0001-A"],
    ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
    ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
    ["IOP", "PHP", "OP"],
    ["in_person", "online"],
    ["100-200", "200-300"],
    ["01", "02"],
    ["0.001", "0.5"],
    [40001, 40160, 41000],
    ["Beck Depression Inventory", "Hamilton Rating Scale"],
    ["Connor-Davidson Resilience Scale"],
    ["Rosenberg Self-Esteem Scale"],
    ["site 101", "site 102"],
    ["patient 0034"],
    ["101-002-0034"],
    ["101-002-0034", "101-003-0035"],
    ["1001-0034", "1002-0007"],
    ["10101-0034", "10102-0011"],
    ["E00001", "E00002"],
    ["a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5a3f5"],
    ["Yes", "No"],
    ["Refused", "Don't know"],
    ["Client choice", "Staff choice"],
    ["left early", "no show"],
    ["She/her", "He/him", "They/them"],
    ["week 6", "6 months"],
    ["Alcoholics Anonymous"],
    ["Medicaid", "Medicare", "Self-pay"],
    ["T1 (pre)", "T2 (post)"],
    ["anxiety & depression"],
    ["W1D3"],
    ["USD 20,000-30,000"],
    ["$10k-$20k"],
    ["N=12"],
    ["May", "June"],
    ["Q1", "Q2"],
    ["2024Q1"],
    ["GCQ-S 12"],
    ["DBT-A"],
    ["CBT for psychosis"],
    ["REDCap 14.5.2"],
    ["25 mg/day"],
    ["1.5e-3"],
    ["B12"],
    ["Vitamin D 1000 IU"],
    ["None of the above"],
    ["Mother", "Father", "Sibling"],
    ["Lives alone", "Lives with family"],
    ["ABC-1234"],
    ["X-12-345"],
    ["01-001", "01-002"],
    ["[1, 2]"],
    ["Unit A", "Ward 3"],
    ["room 2"],
    ["Track 1 of 2"],
    ["I feel sad much of the time", "I do not feel sad"],
    ["I have not lost interest in other people"],
    [
        12000,
        12500,
        13000,
        13500,
        14000,
        14500,
        15000,
        15500,
        16000,
        16500,
        17000,
        17500,
        18000,
        18500,
        19000,
        19500,
    ],
    [52000, 61000, 38000],
    [20011, 20012, 20013, 20014, 20015, 20016, 20017, 20018, 20019, 20020],
    [123456789, 987654321],
    [90853, 90834],
    [
        12000,
        12500,
        13000,
        13500,
        14000,
        14500,
        15000,
        15500,
        16000,
        16500,
        17000,
        17500,
        18000,
        18500,
        19000,
        19500,
    ],
    ["Cognitive Behavioral Therapy", "Dialectical Behavior Therapy"],
    ["Monday AM Process", "Wednesday PM Skills"],
    ["Mild", "Moderate", "Severe"],
    ["PHQ-9 >= 10"],
    ["Wave 1", "Wave 2"],
    ["baseline", "week 4", "week 8"],
    ["mother", "father"],
    ["self", "clinician"],
    ["Prozac", "Zoloft", "Lexapro"],
    ["Fluoxetine 20 mg", "Sertraline 100 mg"],
    ["Bachelor's degree", "Master's degree"],
    ["Married or partnered"],
    ["Employed full-time (35+ hours)"],
    ["Once or twice a week"],
    ["Strongly agree", "Strongly disagree"],
    ["0 = not at all", "1 = several days"],
    ["Site A", "Site B"],
    ["S01-P001"],
    ["01-0001", "01-0002"],
    ["2024-001", "2024-002"],
    ["P2024-0034"],
    ["10001", "10002", "10003"],
    ["ABC123", "ABD124"],
    ["group_a1"],
    ["intake 2", "intake 3"],
    ["0-30 days", "31-60 days"],
    ["$20,000-$39,999"],
    ["<1 year", "1-2 years"],
    ["F32.1", "F33.2"],
    ["296.32", "300.02"],
    ["99213", "90837"],
    ["90791", "90853"],
    ["H2019"],
    ["1/2", "3/4"],
    ["1:1", "1:8"],
    ["8 to 10 members"],
    ["3 x 60 min"],
    ["9-12 hours/week"],
    ["18 or older"],
    ["65 and over", "90 and over"],
    ["English", "Spanish"],
    ["Hispanic or Latino"],
    ["Native Hawaiian or Other Pacific Islander"],
    ["Prefer not to say"],
    ["Group Room 2"],
    ["Zoom", "In person"],
    ["Rose", "Lily"],
    ["Track: Mood"],
    ["Recovery Group"],
    ["Young Adult Track"],
    ["Intensive Outpatient"],
    ["Partial Hospital"],
    ["dropped out after week 3"],
    ["left early due to illness"],
    ["moved away"],
    ["Client request"],
    ["Completed program"],
    ["PTSD Checklist for DSM-5"],
    ["Working Alliance Inventory Short Form"],
    ["Inventory of Interpersonal Problems"],
    ["Patient Health Questionnaire"],
    ["Yale-Brown Obsessive Compulsive Scale"],
    ["v2.1"],
    ["2.0.1"],
    ["12.5%"],
    ["1,234"],
    ["1.234,5"],
    ["-99"],
    ["777"],
    ["1e-3"],
    ["TRUE", "FALSE"],
    ["Y", "N"],
    ["M", "F", "X"],
    ["0", "1"],
    ["15:00"],
    ["15:00-16:30"],
    ["Fri"],
    ["Thursday"],
    ["spring", "summer"],
    ["2023", "2024"],
    ["2023-24"],
    ["Cohort 2023"],
    ["7 sessions"],
    ["weeks 1-4"],
    ["T0", "T1"],
    ["block 3 of 8"],
    ["no change", "improved"],
    ["none", "1-2", "3+"],
    ["AM", "PM"],
    ["MDD, recurrent, moderate"],
    ["GAD; PTSD"],
    ["Anxiety/Depression"],
    ["N/A - not enrolled"],
    ["CPT 90853"],
    ["ICD F41.1"],
    ["k = 3"],
    ["201900012", "201900013"],
    ["check-ins 3"],
]
